using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Store;
using Convonet.Server.Todos;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Tests.Store;

/// <summary>Effect and record are one: whoever comes second, late or from another process finds what the first one recorded.</summary>
public sealed class TurnJournalTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Commit_SameCallTwice_RunsOnceAndGivesTheSameResult(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, journal) = await store.BeginTurnAsync();
        var call = await TestStore.PlanAsync(turn, journal, 0);

        var first = await CommitAsync(journal, call, "milk");
        var second = await CommitAsync(journal, call, "milk");

        Assert.Equal(first.Content, second.Content);
        Assert.Equal(["milk"], await store.TitlesAsync());
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Commit_SameCreateInTwoCalls_GivesTheFirstOnesId(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, journal) = await store.BeginTurnAsync();
        var call = await TestStore.PlanAsync(turn, journal, 0, """{"title":"milk","priority":"low"}""", oncePerTurn: true);
        var again = await TestStore.PlanAsync(turn, journal, 1, """{ "priority":"low", "title":"milk" }""", oncePerTurn: true);
        var other = await TestStore.PlanAsync(turn, journal, 2, """{"title":"bread"}""", oncePerTurn: true);

        var first = await CommitAsync(journal, call, "milk");
        var second = await CommitAsync(journal, again, "milk");
        await CommitAsync(journal, other, "bread");

        Assert.Equal($"Already done in this turn, not done again: {first.Content}", second.Content);
        Assert.Equal("call_1_0_1", second.CallId);
        Assert.Equal(["bread", "milk"], await store.TitlesAsync());
    }

    /// <summary>The user changed their mind twice: what was deleted meanwhile is made anew, once.</summary>
    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Commit_SameCreateAfterItWasDeleted_MakesItAnew(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, journal) = await store.BeginTurnAsync();
        async Task<ToolResult> WriteAsync(int ordinal, string arguments, bool oncePerTurn, Func<TodoList, CancellationToken, Task<TodoView>> write)
        {
            var call = await TestStore.PlanAsync(turn, journal, ordinal, arguments, oncePerTurn);
            var context = new ToolContext(call.Call, turn.Conversation, turn.Number, null) { Key = call.Key };
            var commit = context.Write(async (scope, token) => new ToolAnswer((await write(new TodoList(scope), token)).Id.ToString()));
            return await journal.CommitAsync(call, commit, answer => Result(call, ToolOutcome.Ok, answer.Text), Token);
        }

        Task<ToolResult> CreateAsync(int ordinal) => WriteAsync(ordinal, """{"title":"milk"}""", true, (list, token) => list.CreateAsync(new NewTodo { Title = "milk" }, token));
        var first = await CreateAsync(0);
        var same = await CreateAsync(1);
        await WriteAsync(2, """{"id":"it"}""", false, (list, token) => list.DeleteAsync(Guid.Parse(first.Content), token));
        var second = await CreateAsync(3);
        var sameAgain = await CreateAsync(4);

        Assert.EndsWith(first.Content, same.Content, StringComparison.Ordinal);
        Assert.NotEqual(first.Content, second.Content);
        Assert.Equal($"Already done in this turn, not done again: {second.Content}", sameAgain.Content);
        Assert.Equal(["milk"], await store.TitlesAsync());
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Commit_SameCreateInTheNextTurn_RunsAgain(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        foreach (var number in new[] { 1, 2 })
        {
            var (turn, journal) = await store.BeginTurnAsync(number: number);
            await CommitAsync(journal, await TestStore.PlanAsync(turn, journal, 0, """{"title":"milk"}""", oncePerTurn: true), "milk");
        }

        Assert.Equal(["milk", "milk"], await store.TitlesAsync());
    }

    /// <summary>The store was slow for a moment: what the model is told next is in the ledger all the same.</summary>
    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Save_AfterAResultCouldNotBeRecorded_RecordsIt(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, journal) = await store.BeginTurnAsync();
        var done = await TestStore.PlanAsync(turn, journal, 0);
        var refused = await TestStore.PlanAsync(turn, journal, 1);
        var made = await CommitAsync(journal, done, "milk");
        var refusal = Result(refused, ToolOutcome.Error, "no");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await journal.RecordAsync(refused, refusal, new CancellationToken(canceled: true)));

        await journal.SaveAsync(new Checkpoint(1, 0, GraphNode.Tools, 3), new HistoryItem.ToolResults([made with { Content = "other" }, refusal]), "", Token);

        var kept = await store.Conversations.LoadAsync("c_1", turn.User, Token);
        Assert.Equal([made.Content, "no"], kept!.Turns[0].Steps[0].Calls.Select(one => one.Result?.Content));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Commit_AfterATimeoutWasRecorded_RunsNothingAndGivesTheTimeout(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, journal) = await store.BeginTurnAsync();
        var call = await TestStore.PlanAsync(turn, journal, 0);
        await journal.RecordAsync(call, Result(call, ToolOutcome.Timeout, "too slow"), Token);

        var late = await CommitAsync(journal, call, "milk");

        Assert.Equal((ToolOutcome.Timeout, "too slow"), (late.Outcome, late.Content));
        Assert.Empty(await store.TitlesAsync());
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Record_AfterACommit_GivesWhatWasCommitted(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, journal) = await store.BeginTurnAsync();
        var call = await TestStore.PlanAsync(turn, journal, 0);
        var committed = await CommitAsync(journal, call, "milk");

        var recorded = await journal.RecordAsync(call, Result(call, ToolOutcome.Timeout, "too slow"), Token);

        Assert.Equal((ToolOutcome.Ok, committed.Content), (recorded.Outcome, recorded.Content));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Commit_ToolRefuses_NothingIsWrittenAndTheErrorIsRecordedOnce(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, journal) = await store.BeginTurnAsync();
        var call = await TestStore.PlanAsync(turn, journal, 0);
        var refusing = new ToolCommit(async (transaction, token) =>
        {
            await TestStore.AddTodo("half").ApplyAsync(transaction, token);
            throw new ToolException("No.");
        });

        await Assert.ThrowsAsync<ToolException>(async () => await journal.CommitAsync(call, refusing, answer => Result(call, ToolOutcome.Ok, answer.Text), Token));
        await journal.RecordAsync(call, Result(call, ToolOutcome.Error, "No."), Token);
        var again = await CommitAsync(journal, call, "milk");

        Assert.Equal((ToolOutcome.Error, "No."), (again.Outcome, again.Content));
        Assert.Empty(await store.TitlesAsync());
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Commit_ByAnOwnerWhoLostTheTurn_WritesNothing(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, journal) = await store.BeginTurnAsync();
        var call = await TestStore.PlanAsync(turn, journal, 0);
        var kept = await store.Conversations.LoadAsync("c_1", turn.User, Token);

        await Assert.ThrowsAsync<TurnFencedException>(() => CommitAsync(journal, call, "zombie"));
        await Assert.ThrowsAsync<TurnFencedException>(async () => await store.Conversations.EndAsync(End(turn, 1), Token));
        var owner = store.Conversations.JournalOf(turn.Id, turn.User, kept!.Turns[0].OwnerEpoch);
        await CommitAsync(owner, call, "milk");

        Assert.Equal(["milk"], await store.TitlesAsync());
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Commit_TwoOwnersAtOnceOnTwoConnections_RunsOnce(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, journal) = await store.BeginTurnAsync();
        var call = await TestStore.PlanAsync(turn, journal, 0);
        var other = new Convonet.Server.Conversations.ConversationStore(await store.OpenAsync()).JournalOf(turn.Id, turn.User, 1);

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => CommitAsync(n % 2 == 0 ? journal : other, call, "milk")));

        Assert.Single(results.Select(result => result.Content).Distinct());
        Assert.Equal(["milk"], await store.TitlesAsync());
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Commit_AfterTheTurnEnded_IsRefused(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, journal) = await store.BeginTurnAsync();
        var call = await TestStore.PlanAsync(turn, journal, 0);
        await store.Conversations.EndAsync(End(turn, 1), Token);

        await Assert.ThrowsAsync<TurnFencedException>(() => CommitAsync(journal, call, "late"));
        await store.Conversations.EndAsync(End(turn, 1), Token); // said twice, it is once
        Assert.Empty(await store.TitlesAsync());
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Plan_SameCallWithOtherArguments_IsABug(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, journal) = await store.BeginTurnAsync();
        await TestStore.PlanAsync(turn, journal, 0, """{"title":"milk"}""");

        await Assert.ThrowsAsync<InvalidOperationException>(() => TestStore.PlanAsync(turn, journal, 0, """{"title":"bread"}"""));
    }

    private static Task<ToolResult> CommitAsync(ITurnJournal journal, ToolInvocation call, string title) =>
        journal.CommitAsync(call, TestStore.AddTodo(title), answer => Result(call, ToolOutcome.Ok, answer.Text), Token).AsTask();

    private static ToolResult Result(ToolInvocation call, ToolOutcome outcome, string content) => new(call.Call.Id, call.Call.Name, outcome, content, TimeSpan.Zero);

    private static TurnEnd End(NewTurn turn, int epoch) => new(turn.Id, epoch, TurnOutcome.Completed, null, "", "first");
}
