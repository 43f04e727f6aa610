using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Tests.Store;

/// <summary>A node stands still, or its machine is gone, while it has rows of others locked.</summary>
public sealed class StandingTransactionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Transaction_ThatStandsStill_IsGivenUp_AndItsRowsAreFreeForOthers()
    {
        await using var store = await StoreFixture.CreateAsync(TestDatabase.Postgres);
        var user = (await store.AddUserAsync("Anna")).Id;
        var (standing, goOn) = await StandAsync(store, user);

        // Within the store's own limit of 5 s.
        await store.Store.WriteAsync((db, token) => RenameAsync(db, user, "Other", token), cancellationToken: Token);
        var name = await NameAsync(store, user);
        goOn.SetResult();
        await standing;

        // It was not committed, so it is done again.
        Assert.Equal(("Other", "Late"), (name, await NameAsync(store, user)));
    }

    /// <summary>Else each transaction of a node that stands still, waiting one behind the other, would hold rows for as long again. Here the other is never given up: only the second try lets it go on.</summary>
    [Fact]
    public async Task Transaction_ThatWaitsForRows_LetsGoOfItsOwn_AndBeginsAnew()
    {
        await using var store = await StoreFixture.CreateAsync(TestDatabase.Postgres);
        var (user, other) = ((await store.AddUserAsync("Anna")).Id, (await store.AddUserAsync("Bert")).Id);
        var (locked, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var standing = store.Store.WriteAsync(
            async (db, token) =>
            {
                await db.Database.ExecuteSqlAsync($"SET LOCAL idle_in_transaction_session_timeout = 0", token);
                await RenameAsync(db, user, "Standing", token);
                locked.TrySetResult();
                await goOn.Task;
                return await RenameAsync(db, other, "Late", token);
            },
            cancellationToken: Token);
        await locked.Task;

        var isAgain = false;
        await store.Store.WriteAsync(
            async (db, token) =>
            {
                if (isAgain)
                {
                    goOn.TrySetResult();
                    await standing;
                }

                isAgain = true;
                await RenameAsync(db, other, "Waiting", token);
                return await RenameAsync(db, user, "Waiting", token);
            },
            cancellationToken: Token);

        Assert.Equal(("Waiting", "Waiting"), (await NameAsync(store, user), await NameAsync(store, other)));
    }

    /// <summary>Whoever waits is to have let go of what it has when the other is given up.</summary>
    [Fact]
    public async Task Limits_OfATransaction_AreShorterForItsWaitThanForStandingStill()
    {
        await using var store = await StoreFixture.CreateAsync(TestDatabase.Postgres);

        var (waits, stands) = await store.Store.ReadAsync(
            async (db, token) => (await LimitAsync(db, "lock_timeout", token), await LimitAsync(db, "idle_in_transaction_session_timeout", token)), Token);

        Assert.InRange(waits, TimeSpan.FromTicks(1), stands - TimeSpan.FromTicks(1));
    }

    /// <summary>Begins a transaction that renames the user and then stands still until it may go on.</summary>
    private static async Task<(Task Standing, TaskCompletionSource GoOn)> StandAsync(StoreFixture store, Guid user)
    {
        var (locked, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var standing = store.Store.WriteAsync(
            async (db, token) =>
            {
                await RenameAsync(db, user, "Standing", token);
                locked.TrySetResult();
                await goOn.Task;
                return await RenameAsync(db, user, "Late", token);
            },
            cancellationToken: Token);
        await locked.Task;
        return (standing, goOn);
    }

    private static Task<string> NameAsync(StoreFixture store, Guid user) =>
        store.Store.ReadAsync((db, token) => db.Users.Where(one => one.Id == user).Select(one => one.Name).SingleAsync(token), Token);

    private static Task<int> RenameAsync(ConvonetDb db, Guid user, string name, CancellationToken cancellationToken) =>
        db.Users.Where(one => one.Id == user).ExecuteUpdateAsync(update => update.SetProperty(one => one.Name, name), cancellationToken);

    private static Task<TimeSpan> LimitAsync(ConvonetDb db, string name, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<TimeSpan>($"""SELECT current_setting({name})::interval AS "Value" """).SingleAsync(cancellationToken);
}
