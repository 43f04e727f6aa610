using Convonet.Tests.Fakes;

namespace Convonet.Tests.Transport.SocketIo;

/// <summary>Clients that have gone on to another conversation.</summary>
public sealed partial class SocketIoRecoveryTests
{
    /// <summary>A client that has gone on to another conversation and got no event of it yet has the offset of the one before: the next message is not for that.</summary>
    [Fact]
    public async Task Offset_OfTheConversationBefore_DoesNotBringThatBack()
    {
        await using var server = await StartAsync();
        _gate.SetResult();
        server.Model.Says("B.").Says("C.");
        using var first = await SignedInAsync(server);
        using var other = await SignedInAsync(server);
        await first.EmitAsync("user_message", new { text = "Count" });
        var before = await first.UntilAsync("agent_response");
        await other.EmitAsync("user_message", new { text = "Hello" });
        var there = (await other.UntilAsync("agent_response"))[0]["conversation"];
        await first.EmitAsync("resume", new { conversation = there, after = 0, epoch = 99 });
        var snapshot = (await first.UntilAsync("snapshot"))[^1];
        first.Cut();

        using var second = await SocketIoPeer.ConnectAsync(
            server, new { pid = first.Connected.GetProperty("pid").GetString(), offset = $"{before[^1].Epoch}.{before[^1].Seq}.{before[0]["conversation"]}" });
        await second.EmitAsync("user_message", new { text = "And?" });
        var after = await second.UntilAsync(one => one.EndsTurn(2));

        Assert.Equal((there, "C."), (after.First(one => one["conversation"] is not null)["conversation"], after[^1]["text"]));
        Assert.EndsWith($"{snapshot.Data.GetProperty("seq")}.{there}\"]", snapshot.Raw, StringComparison.Ordinal);
    }
}
