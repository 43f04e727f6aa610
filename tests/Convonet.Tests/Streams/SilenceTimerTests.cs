using Convonet.Streams;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Streams;

public sealed class SilenceTimerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private int _calls;

    [Fact]
    public void Timer_NothingHeard_CallsBackOnceAtTheLimit()
    {
        using var timer = NewTimer();

        _time.Advance(Limit - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, _calls);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, _calls);
        _time.Advance(Limit * 10);
        Assert.Equal(1, _calls);
    }

    [Fact]
    public void Touch_BeforeTheLimit_CountsFromThere()
    {
        using var timer = NewTimer();

        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(4));
            timer.Touch();
        }

        Assert.Equal(0, _calls);
        _time.Advance(Limit + TimeSpan.FromMilliseconds(2));
        Assert.Equal(1, _calls);
    }

    /// <summary>The process stood still: what was said meanwhile has not been read yet.</summary>
    [Fact]
    public void Timer_FiresLate_GivesWhatCameMeanwhileTheTimeToBeRead()
    {
        var time = new StandingTime();
        using var read = new SilenceTimer(time, Limit, () => _calls++);
        time.StandStill(TimeSpan.FromSeconds(8));
        time.Advance(Limit);
        read.Touch();
        time.Advance(SilenceTimer.Late);
        Assert.Equal(0, _calls);
        time.Advance(Limit);
        Assert.Equal(1, _calls);
    }

    [Fact]
    public void Timer_FiresLateAndNothingCame_CallsBackTheNextTime()
    {
        var time = new StandingTime();
        using var silent = new SilenceTimer(time, Limit, () => _calls++);
        time.StandStill(TimeSpan.FromSeconds(8));
        time.Advance(Limit);
        Assert.Equal(0, _calls);
        time.Advance(Limit);
        Assert.Equal(1, _calls);
    }

    [Fact]
    public void Restart_AfterItCalledBack_CountsAgain()
    {
        using var timer = NewTimer();
        _time.Advance(Limit);

        timer.Restart();
        _time.Advance(Limit);

        Assert.Equal(2, _calls);
    }

    [Fact]
    public void Dispose_BeforeTheLimit_NeverCallsBack()
    {
        var timer = NewTimer();

        timer.Dispose();
        timer.Dispose();
        _time.Advance(Limit * 2);

        Assert.Equal(0, _calls);
    }

    private SilenceTimer NewTimer() => new(_time, Limit, () => _calls++);

    /// <summary>Its timers are late by as much as the process stood still.</summary>
    private sealed class StandingTime : FakeTimeProvider
    {
        private long _stood;

        public void StandStill(TimeSpan time) => _stood += (long)(time.TotalSeconds * TimestampFrequency);

        public override long GetTimestamp() => base.GetTimestamp() + _stood;
    }
}
