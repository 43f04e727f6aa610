using Convonet.Conversations;
using Convonet.Speech.Recognition;
using Convonet.Speech.Recognition.Clips;

namespace Convonet.Voice;

/// <summary>What reaches a voice session: from its client, its engines and its own clock. It takes one after the other.</summary>
internal abstract record VoiceInput
{
    private VoiceInput()
    {
    }

    public sealed record Start(bool PushToTalk) : VoiceInput;

    public sealed record Stop : VoiceInput;

    /// <summary>A recogniser is there, or cannot be had.</summary>
    public sealed record Opened(IRecognitionSession? Recogniser, Exception? Error) : VoiceInput;

    /// <summary>The microphone has been off for a while.</summary>
    public sealed record Rest : VoiceInput;

    /// <summary>Sound from the microphone.</summary>
    public sealed record Audio(byte[] Pcm) : VoiceInput;

    public sealed record Played(int Turn, long Sample, bool Done) : VoiceInput;

    /// <summary>The user went on without speaking: typed, or stopped the answer.</summary>
    /// <param name="Turn">Only this turn's speech; null for whatever is spoken.</param>
    /// <param name="Done">Told when it is done.</param>
    public sealed record Hush(int? Turn, TaskCompletionSource Done) : VoiceInput;

    /// <summary>What is said from now on is said in another conversation.</summary>
    public sealed record Follow(IConversation Conversation) : VoiceInput;

    /// <summary>Something to say that belongs to no turn.</summary>
    public sealed record Say(string Words) : VoiceInput;

    /// <summary>A recording that the user made, which has a place in memory.</summary>
    public sealed record Recorded(string? ClientMsgId, ReadOnlyMemory<byte> Clip, IDisposable Place) : VoiceInput;

    /// <summary>What is said in a recording.</summary>
    public sealed record Transcribed(string? ClientMsgId, ClipText Said) : VoiceInput;

    public sealed record Heard(IRecognitionSession By, Transcript Transcript) : VoiceInput;

    public sealed record RecogniserFailed(IRecognitionSession By, Exception Error) : VoiceInput;

    /// <summary>The conversation has news.</summary>
    public sealed record News : VoiceInput
    {
        public static readonly News Instance = new();
    }

    /// <summary>The first sound of a turn, or of its own text, is sent.</summary>
    public sealed record Sounded(Speaker Speaker) : VoiceInput;

    /// <summary>All of a turn's speech was sent.</summary>
    public sealed record Spoken(Speaker Speaker) : VoiceInput;

    /// <summary>All was sent, and the client has said nothing of it for longer than it takes to play.</summary>
    public sealed record Unheard(Speaker Speaker) : VoiceInput;

    /// <summary>A turn has run long enough without a word for a filler.</summary>
    public sealed record Silent(Speaker Speaker) : VoiceInput;
}
