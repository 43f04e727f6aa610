using Convonet.Conversations;

namespace Convonet.Voice;

/// <summary>When the stages of a spoken turn were reached, counted from the end of the user's speech.</summary>
internal sealed class TurnClock(TimeProvider time, long speechEnded)
{
    private readonly long?[] _reached = new long?[4];

    public void Transcript() => Reach(0);

    public void FirstToken() => Reach(1);

    public void FirstClause() => Reach(2);

    public void FirstAudio() => Reach(3);

    public SessionEvent.TurnTiming ToEvent(int turn) => new(turn, _reached[0], _reached[1], _reached[2], _reached[3]);

    private void Reach(int stage) => _reached[stage] ??= (long)time.GetElapsedTime(speechEnded).TotalMilliseconds;
}
