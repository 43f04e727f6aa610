using Convonet.Conversations;
using Convonet.Server.Accounts;
using Convonet.Server.Conversations;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Transport;

/// <summary>Clients that come back before they were told anything: what was sent on the line before may still come.</summary>
public sealed class VoiceBeginsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The first message was on its way when the line broke, and comes when its client has come back already: before it has said it again there, or behind that.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Resume_WhatWasSentOnTheBrokenLineStillComes_IsOneTurn(bool isFirst)
    {
        await using var server = await TestServer.StartAsync();
        server.Model.Says("Hello.");
        using var broken = await VoiceClient.ConnectAsync(server);
        using var back = await VoiceClient.ConnectAsync(server);
        await back.SendAsync("resume", new { conversation = broken.Conversation, after = 0, epoch = 1, begins = true });
        var answer = await back.NextAsync();
        var (one, other) = isFirst ? (broken, back) : (back, broken);

        await one.AskAsync("Hi", "m1");
        await one.UntilAsync("agent_response");
        await other.AskAsync("Hi", "m1");
        var events = await other.UntilAsync(isFirst ? "agent_response" : "accepted");

        Assert.Equal(("status", "resumed"), (answer.Name, answer["code"]));
        Assert.All(events.Where(it => it.Name == "accepted"), it => Assert.Equal((1, broken.Conversation), (it.Turn, it["conversation"])));
        Assert.Single(server.Model.Requests);
    }

    /// <summary>An id that this server never gave, and one of which more was told than nothing.</summary>
    [Theory]
    [InlineData("c_nobody", 0)]
    [InlineData("mcp_0123456789abcdef0123456789abcdef", 0)]
    [InlineData("c_0123456789abcdef0123456789abcdeF", 0)]
    [InlineData("c_0123456789abcdef0123456789abcdef", 1)]
    public async Task Resume_WhatCannotBeginHere_IsUnknown(string conversation, int after)
    {
        await using var server = await TestServer.StartAsync();
        using var client = await VoiceClient.ConnectAsync(server);

        await client.SendAsync("resume", new { conversation, after, epoch = 1, begins = true });

        Assert.Equal("unknown_conversation", (await client.NextAsync())["code"]);
    }

    /// <summary>Somebody who knows the id of another user's conversation must not stand in its place.</summary>
    [Fact]
    public async Task Resume_ConversationOfAnotherUser_DoesNotBeginHere()
    {
        const string Theirs = "c_0123456789abcdef0123456789abcdef";
        await using var server = await TestServer.StartAsync();
        var (store, other) = (server.Services.GetRequiredService<ConvonetStore>(), Guid.NewGuid());
        await store.WriteAsync(
            (db, token) =>
            {
                db.Users.Add(new AppUser { Id = other, Name = "Other", TimeZone = "UTC" });
                return db.SaveChangesAsync(token);
            },
            cancellationToken: Token);
        await new ConversationStore(store).AcceptAsync(new NewTurn(Guid.NewGuid(), Theirs, 1, other.ToString(), "m1", "Mine.", false, "first"), 1, Token);
        using var client = await VoiceClient.ConnectAsync(server);

        await client.SendAsync("resume", new { conversation = Theirs, after = 0, epoch = 1, begins = true });

        Assert.Equal("unknown_conversation", (await client.NextAsync())["code"]);
    }
}
