using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Extensions.Logging;

namespace Convonet.Tests.Conversations;

/// <summary>A conversation that is deleted while it is answered: a user's wish, not a failure.</summary>
public sealed class DeletedConversationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Delete_InMidAnswer_EndsItQuietlyAndTellsItsTabs(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await using var server = await TestServer.StartAsync(database: database, script: model => model.Step().Text("It begins").Hang());
        using var first = await VoiceClient.ConnectAsync(server);
        await first.AskAsync("Tell me a story");
        await first.UntilAsync("agent_stream_chunk");
        using var second = await VoiceClient.ConnectAsync(server);
        await second.SendAsync("resume", new { conversation = first.Conversation, after = 0, epoch = 1 });
        await second.UntilAsync("agent_stream_chunk");
        using var http = TestUser.Client(server);

        using var deleted = await http.DeleteAsync($"/api/conversations/{first.Conversation}", Token);

        Assert.True(deleted.IsSuccessStatusCode);
        foreach (var client in new[] { first, second })
        {
            var (_, events) = await client.UntilClosedAsync();
            Assert.Equal(("going_away", "This conversation was deleted."), (events[^1].Name, events[^1]["message"]));
            Assert.DoesNotContain(events, one => one.Name == "agent_response");
        }

        Assert.Equal("", string.Join("\n", server.Log.Lines(LogLevel.Warning)));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Delete_WhileToolsRun_StopsThemQuietly(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        var (begun, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = ToolFactory.Create(
            async (CancellationToken token) =>
            {
                begun.TrySetResult();
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, token);
                }
                finally
                {
                    ended.TrySetResult();
                }
            },
            "slow",
            "Takes long.");
        await using var server = await TestServer.StartAsync(database: database, tools: [slow], script: model => model.Step().Text("One moment. ").Call("slow"));
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("Take long");
        await begun.Task.WaitAsync(TestServer.Patience, Token);
        using var http = TestUser.Client(server);

        using var deleted = await http.DeleteAsync($"/api/conversations/{client.Conversation}", Token);
        await ended.Task.WaitAsync(TestServer.Patience, Token);
        await client.UntilClosedAsync();
        await server.StopAsync();

        Assert.True(deleted.IsSuccessStatusCode);
        Assert.Equal("", string.Join("\n", server.Log.Lines(LogLevel.Warning)));
    }
}
