using Convonet.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Transport;

/// <summary>What a client is told that sends too fast.</summary>
public sealed class VoiceRateTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Message_FasterThanTheRate_SaysWhichAndWhenItMayComeAgain()
    {
        await using var server = await TestServer.StartAsync(time: _time);
        server.Model.Says("In time.");
        using var client = await VoiceClient.ConnectAsync(server);
        for (var sent = 0; sent < 40; sent++)
        {
            await client.SendAsync("set_provider", new { provider = "first" });
            await client.NextAsync();
        }

        await client.AskAsync("Hello", "m1");
        var refused = await client.UntilAsync("error");
        _time.Advance(TimeSpan.FromMilliseconds(refused[^1].Data.GetProperty("retry_after_ms").GetInt64()));
        await client.AskAsync("Hello", "m1");

        Assert.Equal(("rate_limited", "m1", "1000"), (refused[^1]["code"], refused[^1]["client_msg_id"], refused[^1].Data.GetProperty("retry_after_ms").GetRawText()));
        Assert.Equal("In time.", (await client.UntilAsync("agent_response"))[^1]["text"]);
    }
}
