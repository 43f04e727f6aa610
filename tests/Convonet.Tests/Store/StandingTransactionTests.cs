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
        var (locked, never) = (new TaskCompletionSource(), new TaskCompletionSource());
        var standing = store.Store.WriteAsync(
            async (db, token) =>
            {
                await RenameAsync(db, user, "Standing", token);
                locked.TrySetResult();
                await never.Task;
                return await RenameAsync(db, user, "Late", token);
            },
            cancellationToken: Token);
        await locked.Task;

        // Within the store's own limit of 5 s.
        await store.Store.WriteAsync((db, token) => RenameAsync(db, user, "Other", token), cancellationToken: Token);
        var name = await NameAsync(store, user);
        never.SetResult();
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
        var (locked, never) = (new TaskCompletionSource(), new TaskCompletionSource());
        var standing = store.Store.WriteAsync(
            async (db, token) =>
            {
                await RenameAsync(db, user, "Standing", token);
                locked.TrySetResult();
                await never.Task;
                return await RenameAsync(db, user, "Late", token);
            },
            cancellationToken: Token);
        await locked.Task;

        var tries = 0;
        await store.Store.WriteAsync(
            (db, token) =>
            {
                tries++;
                return RenameAsync(db, user, "Other", token);
            },
            cancellationToken: Token);
        never.SetResult();
        await standing;

        Assert.Equal(2, tries);
    }

    private static Task<string> NameAsync(StoreFixture store, Guid user) =>
        store.Store.ReadAsync((db, token) => db.Users.Where(one => one.Id == user).Select(one => one.Name).SingleAsync(token), Token);

    private static Task<int> RenameAsync(ConvonetDb db, Guid user, string name, CancellationToken cancellationToken) =>
        db.Users.Where(one => one.Id == user).ExecuteUpdateAsync(update => update.SetProperty(one => one.Name, name), cancellationToken);
}
