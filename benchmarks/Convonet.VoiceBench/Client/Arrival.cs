using System.Diagnostics;
using System.Text.Json;

namespace Convonet.VoiceBench.Client;

/// <summary>Something that a client got.</summary>
/// <param name="At">When, on the monotonic clock.</param>
/// <param name="Event">Its name; <see cref="Sound"/> for a frame of speech.</param>
/// <param name="Turn">The turn that it is of; 0 when it is of none.</param>
/// <param name="Data">What an event says.</param>
internal sealed record Arrival(long At, string Event, int Turn, JsonElement Data)
{
    /// <summary>The name of frames of speech.</summary>
    public const string Sound = "(sound)";

    /// <summary>A field of its data as text; empty when it is missing.</summary>
    public string this[string field] => Data.TryGetProperty(field, out var value) ? value.ToString() : "";

    /// <summary>Whether it is text of the answer.</summary>
    public bool IsText => Event == "agent_stream_chunk" && this["type"] == "text";

    /// <summary>Whether the user's words are complete.</summary>
    public bool IsTranscript => Event == "transcription" && this["final"] == bool.TrueString;

    /// <summary>Milliseconds since a moment on the monotonic clock.</summary>
    public double Since(long moment) => (At - moment) * 1000.0 / Stopwatch.Frequency;
}
