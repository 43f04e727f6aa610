using Convonet.Speech;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Speech;

/// <summary>Frames wait for their time with one timer.</summary>
public sealed class SpeechPacerTests
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(40);

    private readonly CountedTime _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WaitAsync_ManyFrames_TakeTheirTimeWithOneTimer()
    {
        using var pacer = new SpeechPacer(_time, Frame);
        await pacer.WaitAsync(Frame, Token);

        for (var i = 0; i < 50; i++)
        {
            var next = pacer.WaitAsync(Frame, Token).AsTask();
            _time.Advance(Frame - TimeSpan.FromMilliseconds(1));
            Assert.False(next.IsCompleted);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await next;
        }

        Assert.Equal(1, _time.Timers);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WaitAsync_Cancelled_EndsAtOnceAndTheNextWaitsAnew(bool isPaused)
    {
        using var pacer = new SpeechPacer(_time, Frame);
        using var cancel = new CancellationTokenSource();
        await pacer.WaitAsync(Frame, Token);
        if (isPaused)
        {
            pacer.Pause();
        }

        var given = pacer.WaitAsync(Frame, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        pacer.Resume();
        var next = pacer.WaitAsync(Frame, Token).AsTask();
        Assert.False(next.IsCompleted);
        _time.Advance(Frame);
        await next;
    }

    private sealed class CountedTime : FakeTimeProvider
    {
        public int Timers { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timers++;
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
