using Convonet.Tests.Fakes;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Convonet.Tests.Transport;

/// <summary>What no WebSocket library would send.</summary>
public sealed class VoiceRawFrameTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("C18000000000", "a reserved bit")]
    [InlineData("838000000000", "an unknown kind of frame")]
    [InlineData("098000000000", "a ping in pieces")]
    [InlineData("89FE007E00000000", "a ping that is too long")]
    [InlineData("81FFFFFFFFFFFFFFFFFF00000000", "a length beyond all numbers")]
    [InlineData("808000000000", "the end of what never began")]
    [InlineData("88820000000003E7", "a close code that there is not")]
    public async Task Frame_AgainstTheProtocol_EndsTheConnectionAndNobodyElses(string bytes, string what)
    {
        await using var server = await TestServer.StartAsync();
        using var other = await VoiceClient.ConnectAsync(server);
        using var raw = await RawVoice.ConnectAsync(server);
        await raw.UntilAsync("connected");

        await raw.SendAsync(Convert.FromHexString(bytes));

        Assert.True(await raw.EndsAsync(), what);
        server.Model.Says("Still here.");
        await other.AskAsync("And you?");
        Assert.Equal("Still here.", (await other.UntilAsync("agent_response"))[^1]["text"]);
    }

    [Fact]
    public async Task Handshake_ThatOffersCompression_GetsNone()
    {
        await using var server = await TestServer.StartAsync();
        using var raw = await RawVoice.ConnectAsync(server, "Sec-WebSocket-Extensions: permessage-deflate\r\n");

        var head = await raw.UntilAsync("connected");

        Assert.Contains("101 Switching Protocols", head, StringComparison.Ordinal);
        Assert.DoesNotContain("permessage-deflate", head, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Connections_OfAllKinds_AreBounded()
    {
        await using var server = await TestServer.StartAsync(["--Convonet:Transport:MaxConnections", "7"]);
        var limits = server.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;

        // Less where the system gives this process few files.
        Assert.InRange(limits.MaxConcurrentConnections!.Value, 1, 1007);
        Assert.InRange(limits.MaxConcurrentUpgradedConnections!.Value, 1, 1007);
    }

    [Fact]
    public async Task Handshake_HasTenSecondsForItsHeaders()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(TimeSpan.FromSeconds(10), server.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.RequestHeadersTimeout);
    }
}
