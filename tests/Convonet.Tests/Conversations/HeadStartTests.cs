using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;

namespace Convonet.Tests.Conversations;

/// <summary>A model that is asked before the user has finished is an attempt like any other: of a wrong guess nothing is shown and nothing run.</summary>
public sealed class HeadStartTests : IAsyncDisposable
{
    private readonly ConversationFixture _fixture;
    private readonly Conversation _conversation;
    private int _looked;

    public HeadStartTests()
    {
        _fixture = new(ConversationFixture.Tool("look", _ => Task.FromResult($"seen {Interlocked.Increment(ref _looked)}")));
        _conversation = _fixture.Start();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _conversation.DisposeAsync();

    [Fact]
    public async Task Submit_WhatWasGuessed_TakesTheAnswerThatWasBegun()
    {
        var gate = new TaskCompletionSource();
        var step = _fixture.Model.Step().Text("It ").Wait(gate.Task).Text("rains.");

        _conversation.Guess("what is the weather");
        await ConversationFixture.WithinAsync(step.Begun);
        Assert.Equal(0, _conversation.Events.Head);
        await _conversation.SubmitAsync("a", "What is the weather?", Token);
        await ConversationFixture.UntilAsync(_conversation, one => one is SessionEvent.TextChunk { Text: "It " });
        gate.SetResult();
        var end = (await ConversationFixture.UntilTurnEndsAsync(_conversation))[^1].Event;

        Assert.Equal("It rains.", ((SessionEvent.AgentResponse)end).Text);
        Assert.Equal(["what is the weather"], Assert.Single(_fixture.Model.Requests).History.Select(ConversationTests.Words));
        Assert.Equal("What is the weather?", (await _conversation.SnapshotAsync(Token)).Turns[0].User);
    }

    [Theory]
    [InlineData("add milk and eggs")]
    [InlineData("add silk")]
    public async Task Submit_SomethingElse_ShowsAndRunsNothingOfTheGuess(string said)
    {
        var all = new TaskCompletionSource();
        var guessed = _fixture.Model.Step().Text("Milk.").Call("look").Signal(all).Hang();
        var gate = new TaskCompletionSource();
        _fixture.Model.Step().Wait(gate.Task).Text("Done.");

        _conversation.Guess("add milk");
        await ConversationFixture.WithinAsync(all.Task);
        await _conversation.SubmitAsync("a", said, Token);
        await ConversationFixture.WithinAsync(guessed.Closed);
        gate.SetResult();
        var events = await ConversationFixture.UntilTurnEndsAsync(_conversation);

        Assert.Equal("Done.", ((SessionEvent.AgentResponse)events[^1].Event).Text);
        Assert.DoesNotContain(events, one => one.Event is SessionEvent.ToolChunk or SessionEvent.TextChunk { Text: "Milk." });
        Assert.Equal(0, _looked);
        Assert.Equal([said], _fixture.Model.Requests[^1].History.Select(ConversationTests.Words));
    }

    [Fact]
    public async Task Submit_WhatWasGuessed_RunsItsToolOnce()
    {
        _fixture.Model.Step().Call("look");
        _fixture.Model.Says("Seen.");

        _conversation.Guess("look there");
        await _conversation.SubmitAsync("a", "Look there.", Token);
        await ConversationFixture.UntilTurnEndsAsync(_conversation);

        Assert.Equal(1, _looked);
        Assert.Equal(2, _fixture.Model.Requests.Count);
    }

    [Fact]
    public async Task Guess_ThatWasWrong_ClosesTheRequest()
    {
        var guessed = _fixture.Model.Step().Hang();
        _conversation.Guess("add");
        await ConversationFixture.WithinAsync(guessed.Begun);

        _conversation.Guess(null);

        await ConversationFixture.WithinAsync(guessed.Closed);
    }

    [Fact]
    public async Task Guess_ThatNobodyTakes_EndsByItself()
    {
        var guessed = _fixture.Model.Step().Hang();
        _conversation.Guess("add");
        await ConversationFixture.WithinAsync(guessed.Begun);

        _fixture.Time.Advance(HeadStart.Lifetime);

        await ConversationFixture.WithinAsync(guessed.Closed);
    }

    [Fact]
    public async Task Submit_AfterAGuessThatFailed_AsksAnew()
    {
        var guessed = _fixture.Model.Step().Fail(ModelErrorKind.Overloaded);
        _fixture.Model.Says("Yes.");
        _conversation.Guess("hello");
        await ConversationFixture.WithinAsync(guessed.Closed);
        await ConversationFixture.WithinAsync(_fixture.Strays.DrainAsync(Token));

        await _conversation.SubmitAsync("a", "hello", Token);
        var events = await ConversationFixture.UntilTurnEndsAsync(_conversation);

        Assert.Equal("Yes.", ((SessionEvent.AgentResponse)events[^1].Event).Text);
    }

    [Fact]
    public async Task Guess_WhileATurnRuns_AsksNothing()
    {
        var gate = new TaskCompletionSource();
        _fixture.Model.Step().Wait(gate.Task).Text("One.");
        _fixture.Model.Says("Two.");
        await _conversation.SubmitAsync("a", "one", Token);

        _conversation.Guess("two");
        await _conversation.SnapshotAsync(Token);
        gate.SetResult();
        await ConversationFixture.UntilTurnEndsAsync(_conversation);
        await _conversation.SubmitAsync("b", "two", Token);
        await ConversationFixture.UntilTurnEndsAsync(_conversation, 2);

        Assert.Equal(["one", "two"], _fixture.Model.Requests.Select(request => ConversationTests.Words(request.History[^1])));
    }

    [Fact]
    public async Task SetProvider_AfterTheGuess_AsksTheOther()
    {
        var guessed = _fixture.Model.Step().Hang();
        _fixture.Other.Says("Other.");
        _conversation.Guess("hello");
        await ConversationFixture.WithinAsync(guessed.Begun);

        await _conversation.SetProviderAsync("second", Token);
        await _conversation.SubmitAsync("a", "hello", Token);
        var events = await ConversationFixture.UntilTurnEndsAsync(_conversation);

        Assert.Equal("Other.", ((SessionEvent.AgentResponse)events[^1].Event).Text);
        await ConversationFixture.WithinAsync(guessed.Closed);
    }

    /// <summary>What may be thrown away is no way to find out whether a provider works again.</summary>
    [Fact]
    public async Task Guess_ProviderFailedLately_AsksNobody()
    {
        _fixture.Model.Step().Fail(ModelErrorKind.Unreachable);
        _fixture.Model.Step().Fail(ModelErrorKind.Unreachable);
        await _conversation.SubmitAsync("a", "hello", Token);
        await ConversationFixture.UntilTurnEndsAsync(_conversation);
        _fixture.Model.Says("Back.");

        _conversation.Guess("other words");
        await _conversation.SubmitAsync("b", "hello again", Token);
        var events = await ConversationFixture.UntilTurnEndsAsync(_conversation, 2);

        Assert.Equal("Back.", ((SessionEvent.AgentResponse)events[^1].Event).Text);
        Assert.Equal("hello again", ConversationTests.Words(_fixture.Model.Requests[^1].History[^1]));
        Assert.Equal(3, _fixture.Model.Requests.Count);
    }

    [Fact]
    public async Task Dispose_WithAGuess_ClosesIt()
    {
        var guessed = _fixture.Model.Step().Hang();
        _conversation.Guess("hello");
        await ConversationFixture.WithinAsync(guessed.Begun);

        await _conversation.DisposeAsync();

        await ConversationFixture.WithinAsync(guessed.Closed);
    }
}
