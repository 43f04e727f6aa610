using Convonet.Agents;
using Convonet.Models;
using Convonet.Tests.EndToEnd;
using Convonet.Tests.Fakes;
using Convonet.Tools;

namespace Convonet.Tests.Agents;

/// <summary>The attempt rule: before the claim another attempt may follow, after it the turn ends.</summary>
public sealed class AgentGraphFailureTests
{
    private readonly GraphFixture _graph = new();
    private readonly ScriptedModel _first = new("first");
    private readonly ScriptedModel _second = new("second");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ModelErrorKind.Unreachable)]
    [InlineData(ModelErrorKind.Unauthorized)]
    [InlineData(ModelErrorKind.InvalidRequest)]
    [InlineData(ModelErrorKind.RateLimited)]
    [InlineData(ModelErrorKind.Overloaded)]
    [InlineData(ModelErrorKind.ServerError)]
    [InlineData(ModelErrorKind.Unfinished)]
    [InlineData(ModelErrorKind.Protocol)]
    public async Task Unclaimed_AnyFailureWithFallback_NextProviderAnswersAtOnce(ModelErrorKind kind)
    {
        _first.Step().Asked("probe").Fail(kind);
        _second.Says("Here.");

        var updates = await _graph.RunAsync(_first, _second);

        Assert.Equal([StatusCode.Fallback], updates.OfType<AgentUpdate.Status>().Select(status => status.Code));
        Assert.Equal((TurnOutcome.Completed, "Here."), (updates.End().Outcome, updates.Text()));
        Assert.DoesNotContain(updates, update => update is AgentUpdate.ToolAsked);
        Assert.Single(_first.Requests);
    }

    [Theory]
    [InlineData(ModelErrorKind.Unauthorized, 1, "unauthorized")]
    [InlineData(ModelErrorKind.Unreachable, 2, "unreachable")]
    public async Task Unclaimed_AllProvidersFail_OnlyTheLastIsAskedOnceMoreAndTheTurnFails(ModelErrorKind kind, int ofTheLast, string code)
    {
        _first.Otherwise = _second.Otherwise = _ => new ScriptedStep().Fail(kind);

        var updates = await _graph.RunAsync(_first, _second);

        Assert.Equal((TurnOutcome.Failed, code), (updates.End().Outcome, updates.End().Error?.Code));
        Assert.Equal((1, ofTheLast), (_first.Requests.Count, _second.Requests.Count));
    }

    [Theory]
    [InlineData(ModelErrorKind.Unreachable, 2, "unreachable")]
    [InlineData(ModelErrorKind.ServerError, 2, "provider_error")]
    [InlineData(ModelErrorKind.Unfinished, 2, "unfinished")]
    [InlineData(ModelErrorKind.Protocol, 2, "provider_error")]
    [InlineData(ModelErrorKind.Unauthorized, 1, "unauthorized")]
    [InlineData(ModelErrorKind.InvalidRequest, 1, "invalid_request")]
    public async Task Unclaimed_FailsEveryTimeWithoutFallback_IsAskedOnceMoreIfThatCanHelp(ModelErrorKind kind, int requests, string code)
    {
        _first.Otherwise = _ => new ScriptedStep().Fail(kind);

        var end = (await _graph.RunAsync(_first)).End();

        Assert.Equal((TurnOutcome.Failed, code, requests), (end.Outcome, end.Error!.Code, _first.Requests.Count));
        Assert.DoesNotContain("script", end.Error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(ModelErrorKind.RateLimited, "first is busy.")]
    [InlineData(ModelErrorKind.Overloaded, "first is busy.")]
    [InlineData(ModelErrorKind.Unreachable, "first cannot be reached.")]
    [InlineData(ModelErrorKind.ServerError, "first did not answer properly.")]
    public async Task Unclaimed_Failure_TheStatusSaysWhatItIs(ModelErrorKind kind, string what)
    {
        _first.Otherwise = _ => new ScriptedStep().Fail(kind, TimeSpan.Zero);
        _second.Says("Here.");

        var alone = await _graph.RunAsync(_first);
        _first.Otherwise = _ => new ScriptedStep().Fail(kind, TimeSpan.FromSeconds(30));
        var withOther = await _graph.RunAsync(_first, _second);

        Assert.Equal($"{what} Asking again…", Assert.Single(alone.OfType<AgentUpdate.Status>()).Message);
        Assert.Equal($"{what} Asking second instead…", Assert.Single(withOther.OfType<AgentUpdate.Status>()).Message);
    }

    [Fact]
    public async Task Unclaimed_AdapterHasABug_IsFailedAndItsTextIsNotShown()
    {
        _first.Otherwise = _ => new ScriptedStep().Fail(new InvalidOperationException("secret"));

        var end = (await _graph.RunAsync(_first)).End();

        Assert.Equal((TurnOutcome.Failed, "internal"), (end.Outcome, end.Error!.Code));
        Assert.DoesNotContain("secret", end.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ModelErrorKind.RateLimited)]
    [InlineData(ModelErrorKind.Overloaded)]
    public async Task Unclaimed_ShortRetryAfter_IsWaitedForAlthoughThereIsAFallback(ModelErrorKind kind)
    {
        var busy = _first.Step().Fail(kind, TimeSpan.FromSeconds(2));
        var again = _first.Step().Text("Now.");
        var turn = _graph.Start(_first, _second);
        await turn.UntilAsync<AgentUpdate.Status>();
        await busy.Closed.WaitAsync(Token);

        await _graph.Time.ArmedAsync(TimeSpan.FromSeconds(2));
        _graph.Time.Advance(TimeSpan.FromSeconds(2));
        await again.Begun.InTime();

        Assert.Equal((TurnOutcome.Completed, _first), (await turn.EndAsync()) is var end ? (end.Outcome, end.Model) : default);
        Assert.Empty(_second.Requests);
    }

    [Fact]
    public async Task Unclaimed_LongRetryAfterWithFallback_GoesOnAtOnce()
    {
        _first.Step().Fail(ModelErrorKind.RateLimited, TimeSpan.FromSeconds(30));
        _second.Says("Here.");

        Assert.Equal(TurnOutcome.Completed, (await _graph.RunAsync(_first, _second)).End().Outcome);
    }

    [Fact]
    public async Task Unclaimed_LongRetryAfterWithoutFallback_FailsAtOnce()
    {
        _first.Step().Fail(ModelErrorKind.RateLimited, TimeSpan.FromSeconds(30));

        var end = (await _graph.RunAsync(_first)).End();

        Assert.Equal((TurnOutcome.Failed, "rate_limited", true), (end.Outcome, end.Error!.Code, end.Error.Retryable));
    }

    [Fact]
    public async Task Unclaimed_CancelledWhileWaitingForRetryAfter_EndsAtOnce()
    {
        _first.Step().Fail(ModelErrorKind.RateLimited, TimeSpan.FromSeconds(2));
        var turn = _graph.Start(_first);
        await turn.UntilAsync<AgentUpdate.Status>();

        turn.Cancel();

        Assert.Equal(TurnOutcome.Cancelled, (await turn.EndAsync()).Outcome);
    }

    [Fact]
    public async Task Unclaimed_MalformedCall_SameModelIsAskedOnceMoreBeforeTheNext()
    {
        _first.Otherwise = _ => new ScriptedStep().End(FinishReason.MalformedToolCall);
        _second.Says("Here.");

        var updates = await _graph.RunAsync(_first, _second);

        Assert.Equal([StatusCode.Retrying, StatusCode.Fallback], updates.OfType<AgentUpdate.Status>().Select(status => status.Code));
        Assert.Equal((2, "Here."), (_first.Requests.Count, updates.Text()));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    public async Task Unclaimed_EmptyOrBlankAnswer_IsAskedOnceMoreThenFails(string text)
    {
        _first.Otherwise = _ => new ScriptedStep().Text(text);

        var updates = await _graph.RunAsync(_first);

        Assert.Equal((2, "empty_answer", ""), (_first.Requests.Count, updates.End().Error!.Code, updates.Text()));
        Assert.Single(_graph.History);
    }

    [Fact]
    public async Task Unclaimed_Blocked_IsNotTriedAgainAnywhere()
    {
        _first.Step().End(FinishReason.Blocked);

        var end = (await _graph.RunAsync(_first, _second)).End();

        Assert.Equal((TurnOutcome.Blocked, "blocked"), (end.Outcome, end.Error!.Code));
        Assert.Empty(_second.Requests);
    }

    [Fact]
    public async Task Unclaimed_StreamEndsWithoutEndMarker_IsAFailure()
    {
        _first.Step().BreakOff();
        _second.Says("Here.");

        Assert.Equal("Here.", (await _graph.RunAsync(_first, _second)).Text());
    }

    [Fact]
    public async Task Claimed_StreamBreaks_EndsFailedWithWhatWasSaid()
    {
        _first.Step().Text("Half an ans").Fail(ModelErrorKind.Unfinished);

        var updates = await _graph.RunAsync(_first, _second);

        Assert.Equal((TurnOutcome.Failed, "unfinished", "Half an ans"), (updates.End().Outcome, updates.End().Error!.Code, updates.Text()));
        Assert.Empty(_second.Requests);
        Assert.IsType<HistoryItem.AssistantMessage>(_graph.History[1]);
    }

    [Fact]
    public async Task Claimed_StreamBreaksAfterAReadyCall_ToolFinishesAndTheTurnEnds()
    {
        var broken = GraphFixture.Gate();
        _graph.Tools.Add(ToolFactory.Create(async () => await broken.Task, "probe", "Test."));
        _first.Step().Call("probe").Signal(broken).Fail(ModelErrorKind.Unfinished);

        var updates = await _graph.RunAsync(_first, _second);

        Assert.Equal((ToolOutcome.Ok, TurnOutcome.Failed), (Assert.Single(updates.Results()).Outcome, updates.End().Outcome));
        Assert.Single(_first.Requests);
        Assert.Empty(_second.Requests);
        Assert.IsType<HistoryItem.ToolResults>(_graph.History[2]);
    }

    [Fact]
    public async Task Claimed_BlockedInMidAnswer_KeepsTheText()
    {
        _first.Step().Text("Well, ").End(FinishReason.Blocked);

        var updates = await _graph.RunAsync(_first);

        Assert.Equal((TurnOutcome.Blocked, "Well, "), (updates.End().Outcome, updates.Text()));
    }

    [Fact]
    public async Task Claimed_OutputLimitReached_IsTruncated()
    {
        _first.Step().Text("A very long").End(FinishReason.MaxTokens);

        Assert.Equal(TurnOutcome.Truncated, (await _graph.RunAsync(_first)).End().Outcome);
    }

    [Fact]
    public async Task Failure_OfAProvider_IsLoggedWithItsCauseAndWhatComesNext()
    {
        var log = new ListLogger<AgentGraph>();
        _graph.Logger = log;
        _first.Step().Fail(ModelErrorKind.Unauthorized);
        _second.Says("Here.");

        await _graph.RunAsync(_first, _second);

        Assert.Equal(["first failed in step call_1_0: Unauthorized.", "second is asked instead of first (step call_1_0)."], log.Lines.Select(line => line.Text));
    }

    [Fact]
    public async Task Fallback_TookOver_StaysForTheRestOfTheTurn()
    {
        _graph.Tools.Add(ToolFactory.Create(() => "x", "probe", "Test."));
        _first.Step().Fail(ModelErrorKind.Unreachable);
        _second.Step().Call("probe");
        _second.Says("Done.");

        var updates = await _graph.RunAsync(_first, _second);

        Assert.Equal((1, 2, TurnOutcome.Completed), (_first.Requests.Count, _second.Requests.Count, updates.End().Outcome));
    }

    [Fact]
    public async Task Retry_InALaterStep_IsAllowedAgain()
    {
        _graph.Tools.Add(ToolFactory.Create(() => "x", "probe", "Test."));
        _first.Step().Fail(ModelErrorKind.ServerError);
        _first.Step().Call("probe");
        _first.Step().Fail(ModelErrorKind.ServerError);
        _first.Says("Done.");

        Assert.Equal("Done.", (await _graph.RunAsync(_first)).Text());
    }
}
