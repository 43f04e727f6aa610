using System.Diagnostics.Metrics;

namespace Convonet.Telemetry;

/// <summary>Counts things that are alive now; published as an observable gauge and readable in process.</summary>
public sealed class LiveCount
{
    private int _value;

    internal LiveCount(Meter meter, string name, string unit, string description) =>
        meter.CreateObservableUpDownCounter(name, () => Volatile.Read(ref _value), unit, description);

    /// <summary>How many there are now.</summary>
    public int Value => Volatile.Read(ref _value);

    /// <summary>One more.</summary>
    public void Add() => Interlocked.Increment(ref _value);

    /// <summary>One less.</summary>
    public void Remove() => Interlocked.Decrement(ref _value);
}
