using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Tests.Store;

/// <summary>A connection out of the pool is as safe as a new one.</summary>
public sealed class SafeConnectionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_AgainAndSideBySide_LosesNothingAndKnowsAllLetters()
    {
        await using var store = await StoreFixture.CreateAsync();
        for (var round = 0; round < 3; round++)
        {
            var first = store.Store.ReadAsync(AskAsync, Token);
            var second = store.Store.ReadAsync(AskAsync, Token);
            Assert.Equal("2 1 äpfel -8000 4000 1", await first);
            Assert.Equal("2 1 äpfel -8000 4000 1", await second);
        }
    }

    private static async Task<string> AskAsync(ConvonetDb db, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var ask = new Statement(db);
        var answer = await ask.FirstAsync(
            "SELECT synchronous, foreign_keys, lower('ÄPFEL'), cache_size FROM pragma_synchronous, pragma_foreign_keys, pragma_cache_size",
            static row => $"{row.GetInt64(0)} {row.GetInt64(1)} {row.GetString(2)} {row.GetInt64(3)}",
            cancellationToken);
        await using var log = new Statement(db);
        answer += $" {await log.FirstAsync("PRAGMA wal_autocheckpoint", static row => row.GetString(0), cancellationToken)}";
        return answer + $" {((SqliteConnection)db.Database.GetDbConnection()).DefaultTimeout}";
    }
}
