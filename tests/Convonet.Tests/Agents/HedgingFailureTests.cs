using Convonet.Agents;
using Convonet.Models;
using Convonet.Models.Health;
using Convonet.Tests.EndToEnd;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Agents;

/// <summary>Two attempts run, and one or both go wrong; or the step had been begun before.</summary>
public sealed class HedgingFailureTests
{
    private readonly GraphFixture _graph = new() { Remembers = true };
    private readonly ScriptedModel _first = new("first");
    private readonly ScriptedModel _second = new("second");
    private readonly TaskCompletionSource _go = GraphFixture.Gate();

    public HedgingFailureTests() => _graph.Options.Watchdog = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ModelErrorKind.Unreachable, "first cannot be reached. Asking second instead…")]
    [InlineData(ModelErrorKind.InvalidRequest, "first refused this. Asking second instead…")]
    public async Task First_FailsWhileTheRivalRuns_TheRivalIsAloneAndItsFirstWordsCount(ModelErrorKind kind, string told)
    {
        var heard = GraphFixture.Gate();
        var slow = _first.Step().Wait(_go.Task).Fail(kind);
        var rival = _second.Step().Text("Here").Signal(heard).Hang();
        var turn = await StartBothAsync(slow, rival);

        await heard.Task.WaitAsync(Token);
        _go.SetResult();

        Assert.Equal(told, (await turn.NextAsync<AgentUpdate.Status>()).Message);
        Assert.Equal("Here", (await turn.NextAsync<AgentUpdate.TextDelta>()).Text);
        turn.Cancel();
        await turn.EndAsync();
        Assert.Equal((1, 1), (_first.Requests.Count, _second.Requests.Count));
    }

    [Fact]
    public async Task First_IsSilentForItsLimit_TheRivalGoesOnAlone()
    {
        var slow = _first.Step().Hang();
        var rival = _second.Step().Wait(_go.Task).Text("Here I am.");
        var turn = await StartBothAsync(slow, rival);

        _graph.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("first does not answer. Asking second instead…", (await turn.NextAsync<AgentUpdate.Status>()).Message);
        await slow.Closed.WaitAsync(Token);
        _go.SetResult();

        Assert.Equal("Here I am.", (await turn.RestAsync()).Text());
        Assert.Equal((BreakerState.Open, 1), (_graph.Health.Of(_first).State, _second.Requests.Count));
    }

    [Fact]
    public async Task Rival_Fails_TheFirstGoesOnAndNothingIsSaid()
    {
        var slow = _first.Step().Wait(_go.Task).Text("Here").Hang();
        var rival = _second.Step().Fail(ModelErrorKind.Overloaded);
        var turn = await StartBothAsync(slow, rival);

        await rival.Closed.WaitAsync(Token);
        _go.SetResult();

        // Its words count at once: it is alone again.
        Assert.Equal("Here", (await turn.NextAsync<AgentUpdate.TextDelta>()).Text);
        turn.Cancel();
        await turn.EndAsync();
    }

    [Theory]
    [InlineData(FinishReason.Stop)]
    [InlineData(FinishReason.MalformedToolCall)]
    [InlineData(FinishReason.Blocked)]
    public async Task Rival_EndsInNothing_TheFirstGoesOn(FinishReason reason)
    {
        var slow = _first.Step().Wait(_go.Task).Text("Here I am.");
        var rival = _second.Step().End(reason);
        var turn = await StartBothAsync(slow, rival);

        await rival.Closed.WaitAsync(Token);
        _go.SetResult();
        var updates = await turn.RestAsync();

        Assert.Equal(("Here I am.", TurnOutcome.Completed, _first), (updates.Text(), updates.End().Outcome, updates.End().Model));
    }

    /// <summary>What the chosen provider's filter stops is not asked of another until one says yes.</summary>
    [Fact]
    public async Task First_IsBlockedWhileTheRivalRuns_TheTurnIsBlocked()
    {
        var slow = _first.Step().Wait(_go.Task).End(FinishReason.Blocked);
        var rival = _second.Step().Hang();
        var turn = await StartBothAsync(slow, rival);

        _go.SetResult();

        Assert.Equal(TurnOutcome.Blocked, (await turn.EndAsync()).Outcome);
        await rival.Closed.WaitAsync(Token);
    }

    [Fact]
    public async Task Both_Fail_TheLastOneIsAskedOnceMoreAndTheTurnFails()
    {
        var slow = _first.Step().Wait(_go.Task).Fail(ModelErrorKind.ServerError);
        var rival = _second.Step().Wait(_go.Task).Fail(ModelErrorKind.ServerError);
        _first.Otherwise = _second.Otherwise = _ => new ScriptedStep().Fail(ModelErrorKind.ServerError);
        var turn = await StartBothAsync(slow, rival);

        _go.SetResult();
        var end = await turn.EndAsync();

        Assert.Equal((TurnOutcome.Failed, "provider_error"), (end.Outcome, end.Error!.Code));
        Assert.Equal(3, _first.Requests.Count + _second.Requests.Count);
    }

    /// <summary>Each wakes the step once, and one look at the clocks may be all that there is.</summary>
    [Fact]
    public async Task Both_AreSilentForTooLongAtTheSameMoment_BothAreGivenUp()
    {
        _graph.Options.Watchdog = TimeSpan.FromMinutes(1);
        _graph.Options.Execution = TimeSpan.FromMinutes(2);
        _graph.Options.StreamIterations["second"] = TimeSpan.FromSeconds(1);
        var (slow, rival) = (_first.Step().Hang(), _second.Step().Hang());
        _first.Otherwise = _second.Otherwise = _ => new ScriptedStep().Fail(ModelErrorKind.ServerError);
        var turn = await StartBothAsync(slow, rival);

        _graph.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TurnOutcome.Failed, (await turn.EndAsync().InTime()).Outcome);
    }

    /// <summary>A lost process had shown the beginning: both go on behind it, and one of them is shown.</summary>
    [Fact]
    public async Task BegunStep_WithARival_GoesOnOnceBehindWhatWasShown()
    {
        _graph.Begun = "It is twelve";
        var heard = GraphFixture.Gate();
        var slow = _first.Step().Wait(_go.Task).Text(" o'clock").Signal(heard).Hang();
        var done = GraphFixture.Gate();
        var rival = _second.Step().Wait(done.Task).Text(" o'clock. ").Text("Ask me.");
        var turn = await StartBothAsync(slow, rival);

        _go.SetResult();
        await heard.Task.WaitAsync(Token);
        done.SetResult();
        var updates = await turn.RestAsync();

        Assert.Equal(" o'clock. Ask me.", updates.Text());
        Assert.Equal("It is twelve o'clock. Ask me.", Said());
        Assert.Equal(AgentGraph.GoOn, ((HistoryItem.UserMessage)_second.Requests[0].History[^1]).Text);
    }

    [Fact]
    public async Task BegunStep_ToWhichTheRivalHasNothingToAdd_IsComplete()
    {
        _graph.Begun = "It is twelve.";
        var slow = _first.Step().Hang();
        var rival = _second.Step();
        var turn = await StartBothAsync(slow, rival);

        Assert.Equal(TurnOutcome.Completed, (await turn.EndAsync()).Outcome);
        Assert.Equal("It is twelve.", Said());
    }

    /// <summary>The user had waited for the model before the turn began, and the head start counts from then.</summary>
    [Fact]
    public async Task HeadStart_ThatShowsNothing_GetsItsRivalByItsOwnAge()
    {
        var slow = _first.Step().Hang();
        var rival = _second.Step().Text("Here I am. Ask me.");
        using var early = _graph.Kept.StartEarly(_first, "", 1, "Be brief.", "", [.. _graph.History]);
        await slow.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(3));
        _graph.HeadStart = early;
        var turn = _graph.Start(_first, _second);

        await _graph.Time.ArmedAsync(TimeSpan.FromSeconds(1));
        Assert.False(rival.Begun.IsCompleted);
        _graph.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(("Here I am. Ask me.", 1), ((await turn.RestAsync()).Text(), _first.Requests.Count));
        await slow.Closed.WaitAsync(Token);
    }

    private async Task<GraphFixture.RunningGraph> StartBothAsync(ScriptedStep slow, ScriptedStep rival)
    {
        var turn = _graph.Start(_first, _second);
        await slow.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));
        await rival.Begun.InTime();
        return turn;
    }

    private string Said() => string.Concat(((HistoryItem.AssistantMessage)_graph.History[^1]).Parts.OfType<AssistantPart.Text>().Select(part => part.Value));
}
