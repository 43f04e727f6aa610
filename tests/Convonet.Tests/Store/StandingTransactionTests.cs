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

    /// <summary>Else each transaction of a node that stands still, waiting one behind the other, would hold rows for as long again.</summary>
    [Fact]
    public async Task Transaction_ThatWaitsForRows_LetsGoOfItsOwnBeforeTheOtherIsGivenUp()
    {
        await using var store = await StoreFixture.CreateAsync(TestDatabase.Postgres);
        var user = (await store.AddUserAsync("Anna")).Id;
        var (standing, goOn) = await StandAsync(store, user);

        var tries = 0;
        await store.Store.WriteAsync(
            (db, token) =>
            {
                tries++;
                return RenameAsync(db, user, "Other", token);
            },
            cancellationToken: Token);
        goOn.SetResult();
        await standing;

        Assert.Equal(2, tries);
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
}
