using Convonet.Models.Health;
using Convonet.Models;
using Convonet.Tests.EndToEnd;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Models.Health;

/// <summary>When a model is left alone, and when it is tried again.</summary>
public sealed class ModelHealthTests
{
    private readonly ObservedTime _time = new(new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero));
    private readonly BreakerOptions _options = new();

    private ModelHealth Health => field ??= new ProviderHealth(_options, _time).Of(new ScriptedModel());

    [Fact]
    public void Failed_OnceAlone_IsLeftAloneForTheBreak()
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        var failedAt = _time.GetUtcNow();
        Fail();

        Assert.Equal((BreakerState.Open, failedAt, failedAt.AddSeconds(10)), (Health.State, Health.Since, Health.ProbeAt));
        _time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.False(Health.MayBegin);
        Assert.Null(Health.TryBegin());
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(BreakerState.HalfOpen, Health.State);
        Assert.True(Health.MayBegin);
    }

    [Theory]
    [InlineData(ModelErrorKind.Unreachable, BreakerState.Open)]
    [InlineData(ModelErrorKind.ServerError, BreakerState.Open)]
    [InlineData(ModelErrorKind.Overloaded, BreakerState.Open)]
    [InlineData(ModelErrorKind.RateLimited, BreakerState.Open)]
    [InlineData(ModelErrorKind.Unfinished, BreakerState.Open)]
    [InlineData(ModelErrorKind.Protocol, BreakerState.Open)]
    [InlineData(ModelErrorKind.Unauthorized, BreakerState.Open)]
    [InlineData(ModelErrorKind.InvalidRequest, BreakerState.Closed)]
    public void Failed_ByKind_OpensForWhatIsTheProviders(ModelErrorKind kind, BreakerState expected)
    {
        using var call = Health.Begin();
        call.Failed(new ModelException(kind, "Test."));

        Assert.Equal(expected, Health.State);
    }

    [Fact]
    public void Failed_ByABugOfOurs_SaysNothingOfTheProvider()
    {
        using var call = Health.Begin();
        call.Failed(new InvalidOperationException("Test."));

        Assert.Equal(BreakerState.Closed, Health.State);
    }

    [Fact]
    public void Stalled_OpensIt()
    {
        using var call = Health.Begin();
        call.Stalled(TimeSpan.FromSeconds(5));

        Assert.Equal(BreakerState.Open, Health.State);
    }

    [Fact]
    public void Failed_WhileOthersAreAnswered_IsOneCallsMisfortune()
    {
        Answer();
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Fail();
        Assert.Equal(BreakerState.Closed, Health.State);

        _time.Advance(TimeSpan.FromSeconds(0.1));
        Fail();
        Assert.Equal(BreakerState.Open, Health.State);
    }

    /// <summary>Its own first words are no answer to another call.</summary>
    [Fact]
    public void Failed_BehindItsOwnFirstContent_OpensAtOnce()
    {
        using var call = Health.Begin();
        call.Answered(TimeSpan.FromSeconds(0.5));
        call.Failed(new ModelException(ModelErrorKind.Unfinished, "Test."));

        Assert.Equal(BreakerState.Open, Health.State);
    }

    [Fact]
    public void Failed_BehindItsOwnFirstContent_WhileAnotherIsAnswered_IsOneCallsMisfortune()
    {
        Answer();
        using var call = Health.Begin();
        call.Answered(TimeSpan.FromSeconds(0.5));
        call.Failed(new ModelException(ModelErrorKind.Unfinished, "Test."));

        Assert.Equal(BreakerState.Closed, Health.State);
    }

    [Fact]
    public void Failed_HalfOfTheLastCalls_IsNoMisfortuneAnyMore()
    {
        for (var call = 1; call < 10; call++)
        {
            Answer();
            Fail();
            Assert.Equal(BreakerState.Closed, Health.State);
        }

        Answer();
        Fail();

        Assert.Equal(BreakerState.Open, Health.State);
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(3600, 300)]
    public void Failed_WithARetryAfter_IsLeftAloneForThatButNotForEver(int asked, int seconds)
    {
        Answer();
        Fail(TimeSpan.FromSeconds(asked));

        Assert.Equal(_time.GetUtcNow().AddSeconds(seconds), Health.ProbeAt);
    }

    [Fact]
    public void Probe_OnlyOneAtATime_AndWhenItTellsNothingTheNext()
    {
        Fail();
        _time.Advance(TimeSpan.FromSeconds(10));

        var probe = Health.TryBegin();
        Assert.True(probe!.IsProbe);
        Assert.Null(Health.TryBegin());
        probe.Dispose();
        using var next = Health.TryBegin();

        Assert.True(next!.IsProbe);
        Assert.Equal(BreakerState.HalfOpen, Health.State);
    }

    [Fact]
    public void Probe_Answered_ClosesIt()
    {
        Fail();
        _time.Advance(TimeSpan.FromSeconds(10));
        using var probe = Health.TryBegin();
        probe!.Answered(TimeSpan.FromSeconds(1));

        Assert.Equal((BreakerState.Closed, _time.GetUtcNow(), null), (Health.State, Health.Since, Health.ProbeAt));
        using var next = Health.TryBegin();
        Assert.False(next!.IsProbe);
    }

    [Fact]
    public void Probe_Failed_DoublesTheBreakUpToItsLimit()
    {
        var since = _time.GetUtcNow();
        Fail();
        foreach (var seconds in (int[])[20, 40, 80, 160, 300, 300])
        {
            _time.Advance(Health.ProbeAt!.Value - _time.GetUtcNow());
            using var probe = Health.TryBegin();
            probe!.Failed(new ModelException(ModelErrorKind.Unreachable, "Test."));

            Assert.Equal((_time.GetUtcNow().AddSeconds(seconds), since), (Health.ProbeAt, Health.Since));
        }
    }

    [Fact]
    public void Call_OlderThanTheOpening_NeitherProlongsNorEndsIt()
    {
        var (failing, answered) = (Health.Begin(), Health.Begin());
        Fail();
        var probeAt = Health.ProbeAt;
        _time.Advance(TimeSpan.FromSeconds(5));
        failing.Failed(new ModelException(ModelErrorKind.Unreachable, "Test."));
        answered.Answered(TimeSpan.FromSeconds(5));

        Assert.Equal((BreakerState.Open, probeAt), (Health.State, Health.ProbeAt));
    }

    /// <summary>A clock that is set back (or forth) by hand or by the network changes nothing but what is shown.</summary>
    [Theory]
    [InlineData(-3)]
    [InlineData(3)]
    public void Clock_SetMeanwhile_ChangesNoBreak(int hours)
    {
        Answer();
        _time.Jump(TimeSpan.FromHours(hours));
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Fail();
        Assert.Equal(BreakerState.Closed, Health.State);

        _time.Advance(TimeSpan.FromSeconds(1));
        Fail();
        _time.Jump(TimeSpan.FromHours(hours));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal((BreakerState.Open, _time.GetUtcNow().AddSeconds(1)), (Health.State, Health.ProbeAt));
        Assert.False(Health.MayBegin);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(BreakerState.HalfOpen, Health.State);
        Assert.True(Health.MayBegin);
    }

    [Fact]
    public void Break_OfZero_SwitchesItOff()
    {
        _options.Break = TimeSpan.Zero;
        Fail(TimeSpan.FromSeconds(30));

        Assert.Equal(BreakerState.Closed, Health.State);
    }

    [Fact]
    public void P90_OfTheLast200_AndNoneBeforeTheTenth()
    {
        for (var call = 1; call < 10; call++)
        {
            Answer(TimeSpan.FromSeconds(call));
        }

        Assert.Null(Health.FirstContentP90);
        Answer(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(9), Health.FirstContentP90);
        for (var call = 1; call <= 200; call++)
        {
            Answer(TimeSpan.FromMilliseconds(call));
        }

        Assert.Equal(TimeSpan.FromMilliseconds(180), Health.FirstContentP90);
    }

    /// <summary>Otherwise only the quick calls would be counted, and each rival would make the next one come sooner.</summary>
    [Fact]
    public void P90_CallsThatLost_CountAsLongAsTheyWereWaitedFor()
    {
        for (var call = 0; call < 8; call++)
        {
            Answer(TimeSpan.FromSeconds(1));
        }

        for (var call = 0; call < 2; call++)
        {
            using var lost = Health.Begin();
            lost.Lost(TimeSpan.FromSeconds(3));
        }

        Assert.Equal(TimeSpan.FromSeconds(3), Health.FirstContentP90);
    }

    private void Fail(TimeSpan? retryAfter = null)
    {
        using var call = Health.Begin();
        call.Failed(new ModelException(ModelErrorKind.RateLimited, "Test.", retryAfter));
    }

    private void Answer(TimeSpan? time = null)
    {
        using var call = Health.Begin();
        call.Answered(time ?? TimeSpan.FromSeconds(1));
    }
}
