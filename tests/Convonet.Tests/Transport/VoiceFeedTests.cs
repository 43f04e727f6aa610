using Convonet.Conversations;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Transport;

/// <summary>What happens to a user's things reaches the user's open connections, and nobody else's.</summary>
public sealed class VoiceFeedTests
{
    [Fact]
    public async Task Publish_ToTheUser_ReachesEveryConnectionOfTheUser()
    {
        await using var server = await TestServer.StartAsync();
        var (feed, user) = await FeedAsync(server);
        using var first = await VoiceClient.ConnectAsync(server);
        using var second = await VoiceClient.ConnectAsync(server);

        Assert.True(feed.Publish(user, new SessionEvent.DataChanged(["todo"], null)));
        Assert.False(feed.Publish(Guid.NewGuid(), new SessionEvent.DataChanged(["event"], null)));

        Assert.Equal("""{"kinds":["todo"]}""", (await first.NextAsync()).Data.GetRawText());
        Assert.Equal("""{"kinds":["todo"]}""", (await second.NextAsync()).Data.GetRawText());
    }

    [Fact]
    public async Task Publish_NobodyIsConnectedAnyMore_IsNotTaken()
    {
        await using var server = await TestServer.StartAsync();
        var (feed, user) = await FeedAsync(server);
        using (var client = await VoiceClient.ConnectAsync(server))
        {
            await client.CloseAsync();
        }

        Assert.False(feed.Publish(user, new SessionEvent.ReminderDue("1", "call Anna", "high", "2026-11-25T17:00:00")));
    }

    [Fact]
    public async Task Publish_MoreThanAClientReads_IsSaidOnceAndTheConnectionLives()
    {
        await using var server = await TestServer.StartAsync();
        var (feed, user) = await FeedAsync(server);
        using var client = await VoiceClient.ConnectAsync(server);

        for (var n = 0; n < 5_000; n++)
        {
            feed.Publish(user, new SessionEvent.DataChanged(["todo"], new ChangeView($"{n}", new string('x', 2_000), null, null)));
        }

        feed.Publish(user, new SessionEvent.DataChanged(["team"], null));
        var events = await client.UntilAsync(one => one.Data.GetProperty("kinds").EnumerateArray().Any(kind => kind.GetString() == "team"));
        Assert.InRange(events.Count, 1, 5_000);
        await client.SendAsync("nonsense");
        await client.UntilAsync("error");
    }

    private static async Task<(UserFeed Feed, Guid User)> FeedAsync(TestServer server)
    {
        var user = await server.Services.GetRequiredService<ConvonetStore>().ReadAsync((db, token) => db.Users.Select(one => one.Id).SingleAsync(token));
        return (server.Services.GetRequiredService<UserFeed>(), user);
    }
}
