using Convonet.Server.Transport;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Transport;

/// <summary>Sound of another rate comes faster all the time; what was late comes faster once.</summary>
public sealed class SoundPaceTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SoundPace _pace;

    public SoundPaceTests() => _pace = new SoundPace(32_000, _time);

    [Theory]
    [InlineData(1.0, true)]
    [InlineData(1.25, true)]
    [InlineData(1.4, false)]
    [InlineData(3.0, false)]
    public void Take_AtARate_IsFineUpToALittleMoreThanRealTime(double times, bool isFine) => Assert.Equal(isFine, Speak(seconds: 10, times));

    [Fact]
    public void Take_BeforeThreeSecondsHavePassed_IsFine() => Assert.True(Speak(seconds: 2.9, times: 3));

    [Fact]
    public void Take_ABurstAfterAStall_IsFine()
    {
        Assert.True(Speak(seconds: 4, times: 1));
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.True(_pace.Take(5 * 32_000));
        Assert.True(Speak(seconds: 10, times: 1));
    }

    [Fact]
    public void Take_TheSameBurstWithoutAStall_IsNot()
    {
        Assert.True(Speak(seconds: 4, times: 1));
        _pace.Take(5 * 32_000);

        Assert.False(Speak(seconds: 3, times: 1));
    }

    [Fact]
    public void Take_AtTheRightRateAgain_IsFineAgain()
    {
        Assert.False(Speak(seconds: 4, times: 3));

        Assert.True(Speak(seconds: 7, times: 1));
    }

    /// <summary>In frames of 20 ms.</summary>
    private bool Speak(double seconds, double times)
    {
        var isFine = true;
        for (var frame = 0; frame < seconds * 50; frame++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            isFine = _pace.Take((int)(640 * times));
        }

        return isFine;
    }
}
