using System.Diagnostics.Metrics;
using Convonet.Conversations;
using Convonet.Telemetry;

namespace Convonet.Voice;

/// <summary>When the stages of a spoken turn were reached, counted from the end of the user's speech. Each is measured once.</summary>
internal sealed class TurnClock(TimeProvider time, long speechEnded)
{
    private static readonly Histogram<double>[] Stages =
    [
        ConvonetTelemetry.TimeToTranscript,
        ConvonetTelemetry.TimeToFirstToken,
        ConvonetTelemetry.TimeToFirstClause,
        ConvonetTelemetry.TimeToFirstAudio,
        ConvonetTelemetry.TimeToFirstAudible,
    ];

    private readonly TimeSpan?[] _reached = new TimeSpan?[Stages.Length];

    /// <summary>Whether the first sound was sent.</summary>
    public bool HasAudio => _reached[3] is not null;

    public void Transcript() => Reach(0);

    public void FirstToken() => Reach(1);

    public void FirstClause() => Reach(2);

    public void FirstAudio() => Reach(3);

    /// <summary>The client says that it has played so much: the first of it was to be heard that long ago, but not before it was sent.</summary>
    public void Audible(TimeSpan played)
    {
        if (_reached[3] is { } sent)
        {
            var heard = time.GetElapsedTime(speechEnded) - played;
            Reach(4, heard > sent ? heard : sent);
        }
    }

    public SessionEvent.TurnTiming ToEvent(int turn) => new(turn, Milliseconds(0), Milliseconds(1), Milliseconds(2), Milliseconds(3));

    private void Reach(int stage) => Reach(stage, time.GetElapsedTime(speechEnded));

    private void Reach(int stage, TimeSpan after)
    {
        if (_reached[stage] is null)
        {
            _reached[stage] = after;
            Stages[stage].Record(after.TotalSeconds);
        }
    }

    private long? Milliseconds(int stage) => (long?)_reached[stage]?.TotalMilliseconds;
}
