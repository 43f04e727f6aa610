using System.Text.Json.Serialization;

namespace Convonet.Conversations;

/// <summary>The wire form of the events: snake_case, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SessionEvent.Connected))]
[JsonSerializable(typeof(SessionEvent.Authenticated))]
[JsonSerializable(typeof(SessionEvent.Accepted))]
[JsonSerializable(typeof(SessionEvent.TextChunk))]
[JsonSerializable(typeof(SessionEvent.ToolChunk))]
[JsonSerializable(typeof(SessionEvent.ToolProgress))]
[JsonSerializable(typeof(SessionEvent.ToolEnded))]
[JsonSerializable(typeof(SessionEvent.AgentResponse), GenerationMode = JsonSourceGenerationMode.Metadata)] // The other mode writes bytes that are null as an empty string.
[JsonSerializable(typeof(SessionEvent.ToolConfirmation))]
[JsonSerializable(typeof(SessionEvent.DataChanged))]
[JsonSerializable(typeof(SessionEvent.ReminderDue))]
[JsonSerializable(typeof(SessionEvent.Status))]
[JsonSerializable(typeof(SessionEvent.Refused))]
[JsonSerializable(typeof(SessionEvent.Snapshot))]
[JsonSerializable(typeof(SessionEvent.Interrupted))]
[JsonSerializable(typeof(SessionEvent.Recording))]
[JsonSerializable(typeof(SessionEvent.Transcription))]
[JsonSerializable(typeof(SessionEvent.Spoken))]
[JsonSerializable(typeof(SessionEvent.SpeechEnd))]
[JsonSerializable(typeof(SessionEvent.AudioPause))]
[JsonSerializable(typeof(SessionEvent.AudioResume))]
[JsonSerializable(typeof(SessionEvent.TurnTiming))]
[JsonSerializable(typeof(SessionEvent.TurnUsage))]
[JsonSerializable(typeof(SessionEvent.RecordingStarted))]
[JsonSerializable(typeof(SessionEvent.WelcomeGreeting), GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(SessionEvent.Superseded))]
[JsonSerializable(typeof(SessionEvent.GoingAway))]
[JsonSerializable(typeof(IReadOnlyList<ProviderView>), TypeInfoPropertyName = "ProviderViews")]
internal sealed partial class EventJsonContext : JsonSerializerContext;
