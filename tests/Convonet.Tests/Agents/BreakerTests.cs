using Convonet.Agents;
using Convonet.Models;
using Convonet.Models.Health;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Agents;

/// <summary>A provider that is down costs one turn's first attempt, not every turn's.</summary>
public sealed class BreakerTests
{
    private readonly GraphFixture _graph = new() { Remembers = true };
    private readonly ScriptedModel _first = new("first");
    private readonly ScriptedModel _second = new("second") { Otherwise = _ => new ScriptedStep().Text("Here.") };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Turns_WhileTheProviderIsDown_AskItOnceAndThenAnotherAtOnce()
    {
        _first.Otherwise = _ => new ScriptedStep().Fail(ModelErrorKind.Unreachable);

        var paying = await _graph.RunAsync(_first, _second);
        var others = new List<IReadOnlyList<AgentUpdate>>();
        for (var turn = 0; turn < 3; turn++)
        {
            others.Add(await _graph.RunAsync(_first, _second));
        }

        Assert.Equal("first cannot be reached. Asking second instead…", Assert.Single(paying.OfType<AgentUpdate.Status>()).Message);
        Assert.All(others, updates =>
        {
            Assert.Equal(("first did not answer lately. Asking second instead…", "second"), Assert.IsType<AgentUpdate.Status>(updates[0]) is var told ? (told.Message, told.Provider) : default);
            Assert.Equal(("Here.", _second), (updates.Text(), updates.End().Model));
        });
        Assert.Equal((1, 4), (_first.Requests.Count, _second.Requests.Count));
    }

    [Fact]
    public async Task Stall_CostsOneTurnItsTime()
    {
        _graph.Hedging.Enabled = false;
        _graph.Options.Watchdog = TimeSpan.FromMinutes(1);
        var stalled = _first.Step().Hang();
        var paying = _graph.Start(_first, _second);
        await stalled.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(5));
        await paying.EndAsync();

        Assert.Equal("Here.", (await _graph.RunAsync(_first, _second)).Text());
        Assert.Single(_first.Requests);
    }

    [Fact]
    public async Task AfterTheBreak_OneTurnTriesItAndTheOthersDoNotWait()
    {
        _first.Step().Fail(ModelErrorKind.ServerError);
        await _graph.RunAsync(_first, _second);
        _graph.Time.Advance(TimeSpan.FromSeconds(10));
        var gate = GraphFixture.Gate();
        var probe = _first.Step().Wait(gate.Task).Text("Back.");

        var probing = _graph.Start(_first, _second);
        await probe.Begun.WaitAsync(Token);
        Assert.Equal("Here.", (await _graph.RunAsync(_first, _second)).Text());
        gate.SetResult();
        Assert.Equal("Back.", (await probing.RestAsync()).Text());
        _first.Says("And again.");

        Assert.Equal("And again.", (await _graph.RunAsync(_first, _second)).Text());
    }

    [Fact]
    public async Task Probe_Fails_TheSameTurnIsAnsweredByTheNext()
    {
        _first.Otherwise = _ => new ScriptedStep().Fail(ModelErrorKind.ServerError);
        await _graph.RunAsync(_first, _second);
        _graph.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("Here.", (await _graph.RunAsync(_first, _second)).Text());
        Assert.Equal(2, _first.Requests.Count);
        Assert.Equal(_graph.Time.GetUtcNow().AddSeconds(20), _graph.Health.Of(_first).ProbeAt);
    }

    /// <summary>Its user pays for everybody, and gets the second call even where none is left.</summary>
    [Fact]
    public async Task Probe_ThatShowsNothing_GetsItsRivalWhateverTheBudget()
    {
        _graph.Hedging.Budget = 0;
        _graph.Options.Watchdog = TimeSpan.FromMinutes(1);
        _first.Step().Fail(ModelErrorKind.ServerError);
        await _graph.RunAsync(_first, _second);
        _graph.Time.Advance(TimeSpan.FromSeconds(10));
        var probe = _first.Step().Hang();
        var turn = _graph.Start(_first, _second);
        await probe.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal("Here.", (await turn.RestAsync()).Text());
        await probe.Closed.WaitAsync(Token);
    }

    [Fact]
    public async Task NothingElse_IsAskedAllTheSame()
    {
        _first.Otherwise = _ => new ScriptedStep().Fail(ModelErrorKind.Unreachable);
        await _graph.RunAsync(_first);
        _first.Otherwise = _ => new ScriptedStep().Text("Back.");

        var updates = await _graph.RunAsync(_first);

        Assert.Equal(("Back.", BreakerState.Closed), (updates.Text(), _graph.Health.Of(_first).State));
        Assert.Empty(updates.OfType<AgentUpdate.Status>());
    }

    [Fact]
    public async Task All_AreDown_TheChosenOneIsAsked()
    {
        _first.Otherwise = _second.Otherwise = _ => new ScriptedStep().Fail(ModelErrorKind.Unreachable);
        await _graph.RunAsync(_first, _second);
        _first.Otherwise = _ => new ScriptedStep().Text("Back.");

        Assert.Equal("Back.", (await _graph.RunAsync(_first, _second)).Text());
    }

    [Fact]
    public async Task Rival_IsNeverOneThatIsDown()
    {
        _graph.Options.Watchdog = TimeSpan.FromMinutes(1);
        Fail(_second);
        var gate = GraphFixture.Gate();
        var slow = _first.Step().Wait(gate.Task).Text("Late.");
        var turn = _graph.Start(_first, _second);
        await slow.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4.5));
        gate.SetResult();

        Assert.Equal("Late.", (await turn.RestAsync()).Text());
        Assert.Empty(_second.Requests);
    }

    /// <summary>A fallback is asked for little else: left out until the first provider fails, it would be down for good after one failure.</summary>
    [Fact]
    public async Task Rival_ThatWasDown_IsTriedAfterTheBreakAndWorksAgain()
    {
        _graph.Options.Watchdog = TimeSpan.FromMinutes(1);
        Fail(_second);
        _graph.Time.Advance(TimeSpan.FromSeconds(10));
        var slow = _first.Step().Hang();
        var turn = _graph.Start(_first, _second);
        await slow.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal("Here.", (await turn.RestAsync()).Text());
        Assert.Equal(BreakerState.Closed, _graph.Health.Of(_second).State);
    }

    [Fact]
    public async Task Rival_OneWorksAndOneWasDown_IsTheOneThatWorks()
    {
        _graph.Options.Watchdog = TimeSpan.FromMinutes(1);
        var third = new ScriptedModel("third") { Otherwise = _ => new ScriptedStep().Text("Mine.") };
        Fail(_second);
        _graph.Time.Advance(TimeSpan.FromSeconds(10));
        var slow = _first.Step().Hang();
        var turn = _graph.Start(_first, _second, third);
        await slow.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal("Mine.", (await turn.RestAsync()).Text());
        Assert.Empty(_second.Requests);
    }

    [Fact]
    public async Task BadInputAndNonsense_AreNotTheProvidersFault()
    {
        _first.Step().Fail(ModelErrorKind.InvalidRequest);
        await _graph.RunAsync(_first, _second);
        _first.Step().End(FinishReason.MalformedToolCall);
        _first.Says("Again.");
        await _graph.RunAsync(_first, _second);

        Assert.Equal(BreakerState.Closed, _graph.Health.Of(_first).State);
    }

    [Fact]
    public async Task BusyForAMoment_TheSameTurnsRetryIsTheProbe()
    {
        _first.Step().Fail(ModelErrorKind.RateLimited, TimeSpan.FromSeconds(1));
        _first.Says("Free again.");
        var turn = _graph.Start(_first, _second);
        Assert.Equal(StatusCode.Retrying, (await turn.NextAsync<AgentUpdate.Status>()).Code);
        Assert.Equal("Here.", (await _graph.RunAsync(_first, _second)).Text());
        await _graph.Time.ArmedAsync(TimeSpan.FromSeconds(1));
        _graph.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("Free again.", (await turn.RestAsync()).Text());
        Assert.Equal(BreakerState.Closed, _graph.Health.Of(_first).State);
    }

    [Fact]
    public void HeadStart_IsAskedOfOneThatWorksOrOfNone()
    {
        Assert.Equal(_first, _graph.Kept.FirstHealthy([_first, _second]));
        Fail(_first);
        Assert.Equal(_second, _graph.Kept.FirstHealthy([_first, _second]));
        Fail(_second);
        _graph.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(_graph.Kept.FirstHealthy([_first, _second]));
    }

    private void Fail(IChatModel model)
    {
        using var failed = _graph.Health.Of(model).Begin();
        failed.Failed(new ModelException(ModelErrorKind.Unreachable, "Test."));
    }
}
