using Convonet.Agents;
using Convonet.Tests.Fakes;
using Convonet.Tools;

namespace Convonet.Tests.Store;

/// <summary>How many transactions a step with several calls takes: what is there together is kept together.</summary>
public sealed class StepTransactionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Plan_CallsThatAreReadyTogether_IsOneTransactionAndEachGivesWhatIsKnownOfIt(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, journal) = await store.BeginTurnAsync();
        var before = await TestStore.PlanAsync(turn, journal, 0);
        await journal.RecordAsync(before, Result(before, "done before"), Token);
        var began = Count(store);

        var known = await journal.PlanAsync([.. Enumerable.Range(0, 3).Select(ordinal => new PlannedCall(TestStore.CallOf(turn, ordinal), [], "shown"))], Token);

        Assert.Equal(1, began());
        Assert.Equal(["done before", null, null], known.Select(one => one?.Content));
        var kept = await store.Conversations.LoadAsync("c_1", turn.User, Token);
        Assert.Equal(["call_1_0_0", "call_1_0_1", "call_1_0_2"], kept!.Turns[0].Steps[0].Calls.Select(one => one.Call.Id));
    }

    /// <summary>One of them cannot be planned: then none is, so none may be started.</summary>
    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Plan_OneOfThemCannotBe_KeepsNone(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, journal) = await store.BeginTurnAsync();
        await TestStore.PlanAsync(turn, journal, 1, """{"title":"milk"}""");

        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await journal.PlanAsync([.. Enumerable.Range(0, 2).Select(ordinal => new PlannedCall(TestStore.CallOf(turn, ordinal), [], ""))], Token));

        var kept = await store.Conversations.LoadAsync("c_1", turn.User, Token);
        Assert.Equal(["call_1_0_1"], kept!.Turns[0].Steps[0].Calls.Select(one => one.Call.Id));
    }

    /// <summary>Two tools end while another one writes. On PostgreSQL nobody waits in line here, and the second one may come too late to go along.</summary>
    [Theory]
    [InlineData("sqlite")]
    public async Task Record_ResultsThatWait_IsOneTransaction(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, journal) = await store.BeginTurnAsync();
        var (first, second) = (await TestStore.PlanAsync(turn, journal, 0), await TestStore.PlanAsync(turn, journal, 1));
        var other = await HeldWriter.StartAsync(store.Store);
        var began = Count(store);

        var recorded = new[] { first, second }.Select(call => journal.RecordAsync(call, Result(call, call.Call.Id), Token).AsTask()).ToArray();
        await other.LetGoAsync();
        var results = await Task.WhenAll(recorded);

        Assert.Equal(1, began());
        Assert.Equal(["call_1_0_0", "call_1_0_1"], results.Select(one => one.Content));
        var again = await journal.RecordAsync(second, Result(second, "other"), Token);
        Assert.Equal("call_1_0_1", again.Content);
    }

    /// <summary>Whoever would have written for both has given up: the other one writes for itself.</summary>
    [Fact]
    public async Task Record_FirstOfTwoGivesUp_KeepsTheOther()
    {
        await using var store = await TestStore.CreateAsync("sqlite");
        var (turn, journal) = await store.BeginTurnAsync();
        var (first, second) = (await TestStore.PlanAsync(turn, journal, 0), await TestStore.PlanAsync(turn, journal, 1));
        var other = await HeldWriter.StartAsync(store.Store);
        using var giveUp = new CancellationTokenSource();

        var left = journal.RecordAsync(first, Result(first, "left"), giveUp.Token).AsTask();
        var kept = journal.RecordAsync(second, Result(second, "kept"), Token).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        await other.LetGoAsync();

        Assert.Equal("kept", (await kept).Content);
        Assert.Equal("later", (await journal.RecordAsync(first, Result(first, "later"), Token)).Content);
    }

    private static Func<int> Count(TestStore store)
    {
        var count = 0;
        store.Store.Waited = _ => Interlocked.Increment(ref count);
        return () => count;
    }

    private static ToolResult Result(ToolInvocation call, string content) => new(call.Call.Id, call.Call.Name, ToolOutcome.Ok, content, TimeSpan.Zero);
}
