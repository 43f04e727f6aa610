using Convonet.Conversations;

namespace Convonet.Tests.Conversations;

/// <summary>What becomes of a message that comes while a turn runs, and of one that is one too many.</summary>
public sealed class WhenBusyTests : IAsyncDisposable
{
    private readonly ConversationFixture _fixture = new();
    private readonly TaskCompletionSource _gate = new();
    private readonly Conversation _conversation;

    public WhenBusyTests()
    {
        _fixture.Model.Step().Text("One").Wait(_gate.Task);
        _conversation = _fixture.Start();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _conversation.DisposeAsync();

    [Fact]
    public async Task Interrupt_WithOneRunningAndOneWaiting_CancelsBothAndRuns()
    {
        _fixture.Model.Says("Three");
        await StartOneAsync();
        await _conversation.SubmitAsync("b", "two", Token);

        var reply = await _conversation.SubmitAsync(new UserInput("c", "three", WhenBusy: WhenBusy.Interrupt), Token);
        var events = await ConversationFixture.UntilTurnEndsAsync(_conversation, 3);

        Assert.Equal(new(SubmitKind.Accepted, 3), reply);
        Assert.Equal(
            [(1, "cancelled", "One"), (2, "cancelled", ""), (3, "completed", "Three")],
            events.Select(one => one.Event).OfType<SessionEvent.AgentResponse>().OrderBy(one => one.Turn).Select(one => (one.Turn, one.Outcome, one.Text)));
    }

    [Fact]
    public async Task Reject_WhileATurnRuns_IsNotTakenAndLaterIs()
    {
        _fixture.Model.Says("Two");
        await StartOneAsync();

        var refused = await _conversation.SubmitAsync(new UserInput("b", "two", WhenBusy: WhenBusy.Reject), Token);
        _gate.SetResult();
        await ConversationFixture.UntilTurnEndsAsync(_conversation);
        await _conversation.SnapshotAsync(Token);
        var accepted = await _conversation.SubmitAsync(new UserInput("b", "two", WhenBusy: WhenBusy.Reject), Token);

        Assert.Equal(new(SubmitKind.TurnRunning, 0), refused);
        Assert.Equal("turn_running", refused.Refusal("b")!.Code);
        Assert.Equal(SubmitKind.Accepted, accepted.Kind);
    }

    [Fact]
    public async Task Reject_TheMessageThatRuns_IsADuplicate()
    {
        await StartOneAsync();

        Assert.Equal(new(SubmitKind.Duplicate, 1), await _conversation.SubmitAsync(new UserInput("a", "one", WhenBusy: WhenBusy.Reject), Token));
    }

    [Fact]
    public async Task Submit_MoreThanTheProcessTakes_IsRefusedWithAMomentToComeBack()
    {
        var admission = new TurnAdmission(new AdmissionOptions { MaxTurns = 2 });
        await using var conversation = new Conversation("c_1", "user", _fixture.Services with { Admission = admission });
        _fixture.Model.Says("Two.").Says("Four.");
        await conversation.SubmitAsync("a", "one", Token);
        await conversation.SubmitAsync("b", "two", Token);

        var refused = await conversation.SubmitAsync("c", "three", Token);
        _gate.SetResult();
        await ConversationFixture.UntilTurnEndsAsync(conversation, 2);
        await conversation.SnapshotAsync(Token);

        Assert.Equal(SubmitKind.Overloaded, refused.Kind);
        Assert.InRange(refused.Refusal("c")!.RetryAfterMs!.Value, 1000, 2000);
        Assert.Equal(0, admission.Turns);
        Assert.Equal(new(SubmitKind.Accepted, 3), await conversation.SubmitAsync("c", "four", Token));
    }

    [Fact]
    public void TryEnter_OneUserTooOften_RefusesNobodyElse()
    {
        var admission = new TurnAdmission(new AdmissionOptions { MaxTurnsOfUser = 1 });
        var first = admission.TryEnter("a");

        Assert.Null(admission.TryEnter("a"));
        Assert.NotNull(admission.TryEnter("b"));
        Assert.NotNull(admission.TryEnter("a", isAccepted: true));
        first!.Dispose();
        first.Dispose();
        Assert.Equal(2, admission.Turns);
    }

    private async Task StartOneAsync()
    {
        await _conversation.SubmitAsync("a", "one", Token);
        await ConversationFixture.UntilAsync(_conversation, one => one is SessionEvent.TextChunk);
    }
}
