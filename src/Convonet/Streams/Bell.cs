using System.Threading.Tasks.Sources;

namespace Convonet.Streams;

/// <summary>Wakes the one who waits. What is rung while nobody waits is remembered, once.</summary>
/// <remarks>
/// A wait allocates nothing. Whoever rings chooses where the one who waited goes on: on the pool, or at once on the thread that rings, which saves handing over to another.
/// That thread must hold no lock then.
/// </remarks>
public sealed class Bell : IValueTaskSource
{
    private const int Idle = 0;
    private const int Awaited = 1;
    private const int Rung = 2;

    private ManualResetValueTaskSourceCore<bool> _waiter;
    private int _state;

    /// <summary>Waits until it rings; not at all when it has rung since the last wait. For one at a time, who awaits the result once.</summary>
    public ValueTask WaitAsync()
    {
        _waiter.Reset();
        if (Interlocked.CompareExchange(ref _state, Awaited, Idle) == Idle)
        {
            return new ValueTask(this, _waiter.Version);
        }

        Interlocked.Exchange(ref _state, Idle);
        return default;
    }

    /// <summary>Rings; who waits goes on on the pool.</summary>
    public void Ring() => Ring(isHere: false);

    /// <summary>Rings; who waits goes on within this call, up to where it waits next.</summary>
    public void RingHere() => Ring(isHere: true);

    void IValueTaskSource.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    private void Ring(bool isHere)
    {
        var seen = Volatile.Read(ref _state);
        while (true)
        {
            // A write also where it has rung already: what was done before this must be seen by whoever is woken by that.
            var before = Interlocked.CompareExchange(ref _state, seen == Awaited ? Idle : Rung, seen);
            if (before == seen)
            {
                break;
            }

            seen = before;
        }

        if (seen == Awaited)
        {
            _waiter.RunContinuationsAsynchronously = !isHere;
            _waiter.SetResult(true);
        }
    }
}
