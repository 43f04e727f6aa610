using System.Text.Json;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Tests.EndToEnd;

/// <summary>The checker is worth nothing unless it sees what is wrong.</summary>
public class ConversationCheckerTests
{
    private static readonly JsonElement Nothing = JsonElement.Parse("{}");

    private static readonly SessionEvent[] Events =
    [
        new SessionEvent.Accepted("m1", 1, "Hello", "one", "c_1"),
        new SessionEvent.TextChunk("Let me ", 1),
        new SessionEvent.TextChunk("see.", 1),
        new SessionEvent.ToolProgress(new("call_1_0_0", "echo"), "asked", null, 1),
        new SessionEvent.ToolChunk(new("echo", "call_1_0_0", Nothing), 1, 1),
        new SessionEvent.ToolChunk(new("echo", "call_1_0_1", Nothing), 1, 1),
        Ended(1, "error"),
        Ended(0, "ok"),
        Response("Let me see."),
    ];

    private static readonly HistoryItem[] History =
    [
        new HistoryItem.UserMessage("Hello"),
        new HistoryItem.AssistantMessage([new AssistantPart.Text("Let me see."), Use(0), Use(1)]),
        new HistoryItem.ToolResults([Result(0, ToolOutcome.Ok), Result(1, ToolOutcome.Error)]),
    ];

    [Fact]
    public void Faults_SoundConversation_AreNone() => Assert.Empty(ConversationChecker.Faults(Number(Events), History));

    [Fact]
    public void Faults_GapInTheNumbers_IsFound() => AssertFault("seq 5 stands where 4 belongs", [.. Number(Events).Take(3), .. Number(Events).Skip(4)]);

    [Fact]
    public void Faults_DoubledTerminal_IsFound() => AssertFault("turn 1 has 2 terminal events", Number([.. Events, Response("Let me see.")]));

    [Fact]
    public void Faults_NoTerminal_IsFound() => AssertFault("turn 1 has 0 terminal events", Number(Events[..^1]));

    [Fact]
    public void Faults_EventAfterTheTerminal_IsFound() => AssertFault("ends with status", Number([.. Events, new SessionEvent.Status("waiting", "…", 1)]));

    [Fact]
    public void Faults_LostText_IsFound() => AssertFault("turn 1 showed 'see.'", Number([Events[0], .. Events[2..]]));

    [Fact]
    public void Faults_LostResult_IsFound() => AssertFault("turn 1 tells of call call_1_0_1: started", Number([.. Events.Where((_, index) => index != 6)]));

    [Fact]
    public void Faults_SecondResult_IsFound() => AssertFault("started ended ended", Number([.. Events[..8], Ended(1, "error"), Events[8]]));

    [Fact]
    public void Faults_FailureWithoutAReason_IsFound() => AssertFault("turn 1 is failed", Number([.. Events[..^1], Response("Let me see.", "failed")]));

    [Fact]
    public void Faults_OtherOutcomeInTheHistory_IsFound() =>
        AssertFault("was shown as error and is Ok", Number(Events), [History[0], History[1], new HistoryItem.ToolResults([Result(0, ToolOutcome.Ok), Result(1, ToolOutcome.Ok)])]);

    [Fact]
    public void Faults_ResultsOutOfOrder_AreFound() => AssertFault(
        "gets [call_1_0_1 call_1_0_0]", Number(Events), [History[0], History[1], new HistoryItem.ToolResults([Result(1, ToolOutcome.Error), Result(0, ToolOutcome.Ok)])]);

    [Fact]
    public void Faults_NoResultsInTheHistory_AreFound() => AssertFault("gets []", Number(Events), History[..2]);

    [Fact]
    public void Faults_CallThatTheHistoryLacks_IsFound() => AssertFault("the history holds []", Number(Events), History[..1]);

    [Fact]
    public void Faults_EmptyMessage_IsFound() => AssertFault("item 3 is empty", Number(Events), [.. History, new HistoryItem.AssistantMessage([])]);

    [Fact]
    public void Faults_TwoAnswersInARow_AreFound() => AssertFault(
        "item 4 follows on nothing", Number(Events), [.. History, Say("One."), Say("Two.")]);

    private static void AssertFault(string expected, IReadOnlyList<LoggedEvent> log, IReadOnlyList<HistoryItem>? history = null) =>
        Assert.Contains(ConversationChecker.Faults(log, history ?? History), fault => fault.Contains(expected, StringComparison.Ordinal));

    private static LoggedEvent[] Number(IReadOnlyList<SessionEvent> events) => [.. events.Select((each, index) => new LoggedEvent(index + 1, each))];

    private static SessionEvent.ToolEnded Ended(int ordinal, string outcome) => new(new($"call_1_0_{ordinal}", "echo"), outcome, Nothing, 1, null, 1, 2);

    private static SessionEvent.AgentResponse Response(string text, string outcome = "completed") =>
        new(outcome == "completed", text, 1, outcome, null, "one", "one-1", false, new(1, 2), null);

    private static AssistantPart.ToolUse Use(int ordinal) => new(new ToolCall($"call_1_0_{ordinal}", "echo", "{}"));

    private static ToolResult Result(int ordinal, ToolOutcome outcome) => new($"call_1_0_{ordinal}", "echo", outcome, "x", TimeSpan.Zero);

    private static HistoryItem.AssistantMessage Say(string text) => new([new AssistantPart.Text(text)]);
}
