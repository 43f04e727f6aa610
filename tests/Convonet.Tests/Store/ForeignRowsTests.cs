using Convonet.Conversations;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Store;

/// <summary>Rows that this version did not write: broken ones, and those of a newer version that ran before, or runs beside it.</summary>
[Collection(nameof(TestServer))]
public sealed class ForeignRowsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Resume_ConversationWhoseRowsAreBroken_IsUnknownAndTheOthersGoOn(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        var (broken, whole) = await TalkTwiceAsync(database, model => model.Says("One.").Says("Two."));
        await using var server = await TestServer.StartAsync(database: database, script: model => model.Says("Still here."));
        await ChangeAsync(server, db => db.Turns.Where(turn => turn.ConversationId == broken).ExecuteUpdateAsync(update => update.SetProperty(turn => turn.Error, "{\"code\":"), Token));
        using var client = await VoiceClient.ConnectAsync(server);

        await client.SendAsync("resume", new { conversation = broken, after = 0, epoch = 1 });
        Assert.Equal("unknown_conversation", (await client.NextAsync())["code"]);
        await client.SendAsync("resume", new { conversation = whole, after = 0, epoch = 1 });
        var snapshot = (await client.UntilAsync("snapshot"))[^1];
        await client.AskAsync("Are you there?");

        Assert.Equal("Two.", snapshot.Data.GetProperty("turns")[0].GetProperty("text").GetString());
        Assert.Equal("Still here.", (await client.UntilAsync("agent_response"))[^1]["text"]);
        Assert.Contains(server.Log.Lines(), line => line.Contains($"Conversation {broken} cannot be read", StringComparison.Ordinal));

        // It is as it was: whoever mends the row has the conversation again.
        await ChangeAsync(server, db => db.Turns.Where(turn => turn.ConversationId == broken).ExecuteUpdateAsync(update => update.SetProperty(turn => turn.Error, (string?)null), Token));
        await client.SendAsync("resume", new { conversation = broken, after = 0, epoch = 1 });
        snapshot = (await client.UntilAsync("snapshot"))[^1];
        Assert.Equal(("One.", 2), (snapshot.Data.GetProperty("turns")[0].GetProperty("text").GetString(), snapshot.Data.GetProperty("epoch").GetInt32()));
    }

    [Fact]
    public async Task Start_UnfinishedTurnWithBrokenRows_TheOthersAreTakenUp()
    {
        await using var database = await TestDatabase.CreateAsync();
        var (broken, whole) = await TalkTwiceAsync(database, model => model.Says("One.").Says("Two."));
        await using (var provider = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddStore(database.ConnectionString).BuildServiceProvider())
        await using (var db = await provider.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContextAsync(Token))
        {
            // By no server: its own look at its start would find them.
            await db.Turns.ExecuteUpdateAsync(update => update.SetProperty(turn => turn.EndedAt, (DateTime?)null).SetProperty(turn => turn.Outcome, (string?)null), Token);
            await db.Turns.Where(turn => turn.ConversationId == broken).ExecuteUpdateAsync(update => update.SetProperty(turn => turn.Error, "{"), Token);
            await db.Steps.ExecuteDeleteAsync(Token);
        }

        await using var server = await TestServer.StartAsync(database: database, script: model => model.Otherwise = _ => new ScriptedStep().Text(" Again."));
        await server.WakeAsync();
        var other = await server.Services.GetRequiredService<LocalConversationDirectory>().FindAsync(whole, server.OwnerId.ToString(), Token);
        await other!.CaughtUp.WaitAsync(TestServer.Patience, Token);

        var open = await server.Services.GetRequiredService<ConvonetStore>().ReadAsync((db, token) => db.Turns.Where(turn => turn.EndedAt == null).Select(turn => turn.ConversationId).ToArrayAsync(token), Token);
        Assert.Equal([broken], open);
    }

    /// <summary>What is not known is left out; ends that are not known are ends.</summary>
    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Resume_WhatANewerVersionWrote_IsReadAsFarAsItIsKnown(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        var (newer, _) = await TalkTwiceAsync(database, model => model.Says("One.").Says("Two."));
        await using var server = await TestServer.StartAsync(database: database, script: model => model.Says("Three."));
        await ChangeAsync(server, db => db.Turns.Where(turn => turn.ConversationId == newer).ExecuteUpdateAsync(update => update.SetProperty(turn => turn.Outcome, "Transcended").SetProperty(turn => turn.Error, """{"Code":"odd","Message":"Odd.","Retryable":false,"Mood":7}"""), Token));
        await ChangeAsync(server, db => db.Steps.ExecuteUpdateAsync(update => update.SetProperty(step => step.Parts, """[{"Picture":"x"},{"Text":"One.","Mood":7}]""").SetProperty(step => step.Outcome, "Transcended"), Token));
        using var client = await VoiceClient.ConnectAsync(server);

        await client.SendAsync("resume", new { conversation = newer, after = 0, epoch = 1 });
        var turn = (await client.UntilAsync("snapshot"))[^1].Data.GetProperty("turns")[0];
        await client.AskAsync("And?");

        Assert.Equal(("One.", "failed"), (turn.GetProperty("text").GetString(), turn.GetProperty("outcome").GetString()));
        Assert.Equal("Three.", (await client.UntilAsync("agent_response"))[^1]["text"]);
    }

    /// <summary>While nodes are replaced one by one, the old ones use a schema that is ahead of them.</summary>
    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Start_SchemaOfANewerVersion_Serves(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await using (var newer = await TestServer.StartAsync(database: database))
        {
            await ChangeAsync(newer, db => db.Database.ExecuteSqlRawAsync("""ALTER TABLE turns ADD COLUMN "Mood" TEXT NULL""", Token));
            await ChangeAsync(newer, db => db.Database.ExecuteSqlRawAsync("""INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion") VALUES ('29990101000000_Mood', '99.0.0')""", Token));
        }

        await using var server = await TestServer.StartAsync(database: database, script: model => model.Says("Hello."));
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("Hi");

        Assert.Equal("Hello.", (await client.UntilAsync("agent_response"))[^1]["text"]);
    }

    /// <summary>Two conversations of one turn each, of a server that is gone.</summary>
    private static async Task<(string First, string Second)> TalkTwiceAsync(TestDatabase database, Action<ScriptedModel> script)
    {
        await using var server = await TestServer.StartAsync(database: database, script: script);
        var ids = new List<string>();
        for (var number = 0; number < 2; number++)
        {
            using var client = await VoiceClient.ConnectAsync(server);
            await client.AskAsync("Hello");
            await client.UntilAsync("agent_response");
            ids.Add(client.Conversation);
        }

        return (ids[0], ids[1]);
    }

    private static Task<int> ChangeAsync(TestServer server, Func<ConvonetDb, Task<int>> change) =>
        server.Services.GetRequiredService<ConvonetStore>().ReadAsync((db, _) => change(db), Token);
}
