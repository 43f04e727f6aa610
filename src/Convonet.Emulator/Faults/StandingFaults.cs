namespace Convonet.Emulator.Faults;

/// <summary>The faults of the options, each with the number of answers that it still spoils.</summary>
internal sealed class StandingFaults(string? text)
{
    private readonly (LatencyDraw Fault, StrongBox Left)[] _faults = [.. Fault.ParseAll(text).Select(fault => (new LatencyDraw(fault), new StrongBox(fault.Times)))];

    /// <summary>The faults of the next answer.</summary>
    internal IReadOnlyList<Fault> Take() =>
        [.. _faults.Where(entry => Interlocked.Decrement(ref entry.Left.Value) >= 0).Select(entry => entry.Fault.Next())];

    private sealed class StrongBox(int value)
    {
        internal int Value = value;
    }
}
