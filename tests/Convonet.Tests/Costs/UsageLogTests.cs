using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Store;
using Convonet.Server.Usage;
using Convonet.Streams;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Costs;

/// <summary>What was used is kept once: not twice where nobody knows whether it was, and not left out where the server stops.</summary>
[Collection(nameof(Alone))]
public sealed class UsageLogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Flush_CommittedThoughItSeemedToFail_IsNotKeptAgain()
    {
        await using var store = await StoreFixture.CreateAsync();
        var user = await store.AddUserAsync("Anna");
        using var log = new UsageLog(store.Store, PriceTable.Empty, store.Time, new StrayTasks(NullLogger<StrayTasks>.Instance), NullLogger<UsageLog>.Instance);
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

    /// <summary>The answer that was begun too early ends with its conversation, which ends after all that is stopped before.</summary>
    [Fact]
    public async Task Stop_WhileAGuessIsUnderWay_KeepsWhatItUsed()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using (var server = await TestServer.StartAsync(database: database))
        {
            server.Model.Says("Hi.");
            var told = new TaskCompletionSource();
            server.Model.Step().Usage(4_000, 0).Signal(told).Hang();
            using var client = await VoiceClient.ConnectAsync(server);
            await client.AskAsync("Hello");
            await client.UntilAsync(one => one.EndsTurn(1));
            (await server.Services.GetRequiredService<LocalConversationDirectory>().FindAsync(client.Conversation, server.OwnerId.ToString(), Token))!.Guess("add milk");
            await told.Task.WaitAsync(TestServer.Patience, Token);
            await server.StopAsync();
        }

        await using var next = await TestServer.StartAsync(database: database);
        using var db = next.Services.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContext();
        Assert.Equal(4_000, (await db.Usage.SingleAsync(row => row.Kind == nameof(UsageKind.Dropped), Token)).InputTokens);
    }
}
