using Convonet.Streams;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Streams;

public sealed class PausableTimerTests
{
    private readonly FakeTimeProvider _time = new();
    private int _fired;

    [Fact]
    public void Fire_WithoutPause_ComesAtTheLimitOnce()
    {
        using var timer = Timer();

        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(0, _fired);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, _fired);
    }

    [Fact]
    public void Pause_Twice_CountsAsOneAndOnlyTheRestIsLeft()
    {
        using var timer = Timer();
        _time.Advance(TimeSpan.FromSeconds(4));
        var (first, second) = (timer.Pause(), timer.Pause());
        _time.Advance(TimeSpan.FromMinutes(1));
        first.Dispose();
        first.Dispose();
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, _fired);

        second.Dispose();
        _time.Advance(TimeSpan.FromSeconds(5.9));
        Assert.Equal(0, _fired);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1, _fired);
    }

    [Fact]
    public void Dispose_WhilePaused_NeverFires()
    {
        var timer = Timer();
        var pause = timer.Pause();
        timer.Dispose();
        pause.Dispose();

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, _fired);
    }

    private PausableTimer Timer() => new(_time, TimeSpan.FromSeconds(10), () => _fired++);
}
