using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Store;
using Convonet.Server.Usage;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Costs;

/// <summary>What was used is kept once.</summary>
[Collection(nameof(TestServer))]
public sealed class UsageLogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Flush_CommittedThoughItSeemedToFail_IsNotKeptAgain()
    {
        await using var store = await StoreFixture.CreateAsync();
        var user = await store.AddUserAsync("Anna");
        using var log = new UsageLog(store.Store, PriceTable.Empty, store.Time, NullLogger<UsageLog>.Instance);
        var owner = new UsageOwner(user.Id.ToString(), "c_1", 1);
        log.Note(owner, tally => tally.AddSpeaking("flite", 10));

        FailPoint.Arm("usage.after_commit:1:throw");
        await log.FlushAsync(Token);
        FailPoint.Arm("");
        log.Note(owner, tally => tally.AddSpeaking("flite", 5));
        await log.FlushAsync(Token);

        var kept = await store.Store.ReadAsync((db, token) => db.Usage.Select(row => row.Characters).Order().ToArrayAsync(token), Token);
        Assert.Equal([5, 10], kept);
    }
}
