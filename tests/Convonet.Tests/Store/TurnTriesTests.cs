using Convonet.Conversations;
using Convonet.Tests.Fakes;
using Convonet.Tools;

namespace Convonet.Tests.Store;

/// <summary>A turn over which one process after the other dies is given up; one that gets on, or has not had its turn yet, is not.</summary>
public sealed class TurnTriesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Load_TurnsThatWait_HaveNotBeenTried(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await store.BeginTurnAsync(number: 1);
        await store.BeginTurnAsync(number: 2);

        await LoadAsync(store);
        var turns = await LoadAsync(store);

        Assert.Equal([(1, 3, 2), (2, 3, 0)], turns.Select(turn => (turn.Turn.Number, turn.OwnerEpoch, turn.Tries)));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Load_AfterAResult_CountsAnew(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, journal) = await store.BeginTurnAsync();
        var call = await TestStore.PlanAsync(turn, journal, 0);
        Assert.Equal(1, (await LoadAsync(store))[0].Tries);
        Assert.Equal(2, (await LoadAsync(store))[0].Tries);

        var third = store.Conversations.JournalOf(turn.Id, turn.User, 3);
        await TestStore.PlanAsync(turn, third, 0);
        Assert.Equal(3, (await LoadAsync(store))[0].Tries);

        var fourth = store.Conversations.JournalOf(turn.Id, turn.User, 4);
        await fourth.RecordAsync(call, new ToolResult(call.Call.Id, call.Call.Name, ToolOutcome.Error, "No.", TimeSpan.Zero), Token);
        Assert.Equal(1, (await LoadAsync(store))[0].Tries);
    }

    private static async Task<IReadOnlyList<KeptTurn>> LoadAsync(TestStore store) =>
        (await store.Conversations.LoadAsync("c_1", store.UserId.ToString(), Token))!.Turns;
}
