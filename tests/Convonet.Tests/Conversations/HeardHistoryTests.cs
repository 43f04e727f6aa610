using Convonet.Conversations;
using Convonet.Models;
using Convonet.Tools;
using static Convonet.Tests.Conversations.ConversationFixture;

namespace Convonet.Tests.Conversations;

/// <summary>What was never heard was never said, and what was done was done.</summary>
public sealed class HeardHistoryTests
{
    private const string Mark = HeardHistory.Mark;

    private readonly ConversationFixture _fixture = new(Tool("look", _ => Task.FromResult("seen")));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Shown is <c>One two. Three.</c>, a blank line, and <c>Four five.</c></summary>
    [Theory]
    [InlineData(0, $"{Mark}|call|seen")]
    [InlineData(3, $"One{Mark}|call|seen")]
    [InlineData(8, $"One two.{Mark}|call|seen")]
    [InlineData(9, $"One two. {Mark}|call|seen")]
    [InlineData(15, $"One two. Three.|call|seen|{Mark}")]
    [InlineData(21, $"One two. Three.|call|seen| Four{Mark}")]
    [InlineData(27, "One two. Three.|call|seen| Four five.")]
    public void Cut_AtEachPlace_EndsTheWordsThereAndKeepsCallsAndResults(int heard, string expected)
    {
        var call = new ToolCall("call_1_0_0", "look", "{}");
        HistoryItem[] answer =
        [
            new HistoryItem.AssistantMessage([new AssistantPart.Text("One two. "), new AssistantPart.Text("Three."), new AssistantPart.ToolUse(call)]),
            new HistoryItem.ToolResults([new ToolResult(call.Id, "look", ToolOutcome.Ok, "seen", TimeSpan.Zero)]),
            new HistoryItem.AssistantMessage([new AssistantPart.Text(" Four"), new AssistantPart.Text(" five.")]),
        ];

        var cut = HeardHistory.CutItems(answer, heard);

        Assert.Equal(expected, string.Join('|', cut.SelectMany(Words)));
    }

    [Fact]
    public async Task Interrupt_AfterTheTurnEnded_CutsTheHistoryTellsClientsAndShowsInSnapshots()
    {
        _fixture.Model.Says("It rains today. It will rain tomorrow.").Says("Yes?");
        await using var conversation = _fixture.Start();
        await conversation.SubmitAsync("a", "Weather?", Token);
        await UntilTurnEndsAsync(conversation);

        await conversation.InterruptAsync(1, 15, Token);
        await conversation.InterruptAsync(1, 30, Token);
        await conversation.SubmitAsync("b", "Stop", Token);
        var events = await UntilTurnEndsAsync(conversation, 2);

        Assert.Equal(["Weather?", $"It rains today.{Mark}", "Stop"], _fixture.Model.Requests[1].History.Select(ConversationTests.Words));
        Assert.Equal(new SessionEvent.Interrupted(1, 15), Assert.Single(events.Select(one => one.Event).OfType<SessionEvent.Interrupted>()));
        var turn = (await conversation.SnapshotAsync(Token)).Turns[0];
        Assert.Equal((15, "It rains today. It will rain tomorrow.", "completed"), (turn.Heard, turn.Text, turn.Outcome));
    }

    [Fact]
    public async Task Interrupt_WhileTheModelTalks_StopsItAndCutsWhatWasShown()
    {
        var step = _fixture.Model.Step().Text("One two three").Hang();
        _fixture.Model.Says("Yes?");
        await using var conversation = _fixture.Start();
        await conversation.SubmitAsync("a", "Count", Token);
        await UntilAsync(conversation, one => one is SessionEvent.TextChunk);

        await conversation.InterruptAsync(1, 7, Token);
        var end = (await UntilTurnEndsAsync(conversation))[^1].Event;
        await WithinAsync(step.Closed);
        await conversation.SubmitAsync("b", "Go on", Token);
        await UntilTurnEndsAsync(conversation, 2);

        Assert.Equal("cancelled", ((SessionEvent.AgentResponse)end).Outcome);
        Assert.Equal(["Count", $"One two{Mark}", "Go on"], _fixture.Model.Requests[1].History.Select(ConversationTests.Words));
    }

    [Fact]
    public async Task Interrupt_AllWasHeard_ChangesNothing()
    {
        _fixture.Model.Says("It rains.").Says("Yes?");
        await using var conversation = _fixture.Start();
        await conversation.SubmitAsync("a", "Weather?", Token);
        await UntilTurnEndsAsync(conversation);

        await conversation.InterruptAsync(1, 9, Token);
        await conversation.InterruptAsync(7, 0, Token);
        await conversation.SubmitAsync("b", "Good", Token);
        var events = await UntilTurnEndsAsync(conversation, 2);

        Assert.Equal(["Weather?", "It rains.", "Good"], _fixture.Model.Requests[1].History.Select(ConversationTests.Words));
        Assert.DoesNotContain(events, one => one.Event is SessionEvent.Interrupted);
    }

    private static IEnumerable<string> Words(HistoryItem item) => item switch
    {
        HistoryItem.AssistantMessage said => string.Concat(said.Parts.Select(part => part is AssistantPart.Text text ? text.Value : "|call")).Split('|', StringSplitOptions.RemoveEmptyEntries),
        HistoryItem.ToolResults results => results.Results.Select(result => result.Content),
        _ => [],
    };
}
