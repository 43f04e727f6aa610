using System.Xml.Linq;
using Convonet.Server.Accounts;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Tests.Accounts;

/// <summary>The keys of cookies and tokens are written as all else is.</summary>
public sealed class StoredKeysTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Only its second try lets the other transaction end.</summary>
    [Fact]
    public async Task StoreElement_WaitsForAnotherTransaction_BeginsAnew()
    {
        await using var store = await StoreFixture.CreateAsync(TestDatabase.Postgres);
        var (locked, goOn) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var standing = store.Store.WriteAsync(
            async (db, token) =>
            {
                await db.Database.ExecuteSqlAsync($"SET LOCAL idle_in_transaction_session_timeout = 0", token);
                await db.Database.ExecuteSqlAsync($"LOCK TABLE data_protection_keys IN SHARE MODE", token);
                locked.TrySetResult();
                await goOn.Task;
                return true;
            },
            cancellationToken: Token);
        await locked.Task;
        var tries = 0;
        store.Store.Waited = _ =>
        {
            if (++tries == 2)
            {
                goOn.SetResult();
            }
        };

        try
        {
            await Task.Run(() => new StoredKeys(null!, store.Store).StoreElement(new XElement("key"), "key-1"), Token);
        }
        finally
        {
            goOn.TrySetResult();
            await standing;
        }

        Assert.Equal(["<key />"], await store.Store.ReadAsync((db, token) => db.DataProtectionKeys.Select(one => one.Xml).ToArrayAsync(token), Token));
    }
}
