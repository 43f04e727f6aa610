using Convonet.Streams;

namespace Convonet.Tests.Streams;

/// <summary>Who waits is woken, once, and where the one who rings says.</summary>
public sealed class BellTests
{
    private readonly Bell _bell = new();

    [Fact]
    public async Task WaitAsync_RungBefore_IsOverOnce()
    {
        _bell.Ring();
        _bell.RingHere();

        Assert.True(_bell.WaitAsync().AsTask().IsCompletedSuccessfully);
        var again = _bell.WaitAsync().AsTask();
        Assert.False(again.IsCompleted);

        _bell.Ring();
        await again;
    }

    [Fact]
    public async Task RingHere_SomebodyWaits_GoesOnWithinTheCall()
    {
        var waiting = ThreadAfterWaitAsync();

        _bell.RingHere();

        Assert.True(waiting.IsCompleted);
        Assert.Equal(Environment.CurrentManagedThreadId, await waiting);
    }

    [Fact]
    public async Task Ring_SomebodyWaits_GoesOnElsewhere()
    {
        var gate = new Lock();
        Task<bool> waiting;
        lock (gate)
        {
            waiting = IsHeldAfterWaitAsync(gate);
            _bell.Ring();
        }

        Assert.False(await waiting);
    }

    [Fact]
    public async Task Ring_FromManyThreads_LosesNothing()
    {
        const int Ringers = 4;
        const int Each = 20_000;
        var given = 0;
        var taken = 0;
        var ringing = Enumerable.Range(0, Ringers).Select(ringer => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                Interlocked.Increment(ref given);
                if (ringer % 2 == 0)
                {
                    _bell.Ring();
                }
                else
                {
                    _bell.RingHere();
                }
            }
        })).ToArray();

        // A ring that is lost would leave this waiting for ever.
        while (taken < Ringers * Each)
        {
            await _bell.WaitAsync();
            taken = Volatile.Read(ref given);
        }

        await Task.WhenAll(ringing);
    }

    private async Task<int> ThreadAfterWaitAsync()
    {
        await _bell.WaitAsync();
        return Environment.CurrentManagedThreadId;
    }

    private async Task<bool> IsHeldAfterWaitAsync(Lock gate)
    {
        await _bell.WaitAsync();
        return gate.IsHeldByCurrentThread;
    }
}
