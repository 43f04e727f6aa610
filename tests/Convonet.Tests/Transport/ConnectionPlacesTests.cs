using System.Net;
using System.Net.WebSockets;
using Convonet.Server.Transport;
using Convonet.Server.Transport.WebSockets;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Transport;

[Collection(nameof(TestServer))]
public sealed class ConnectionPlacesTests
{
    private readonly ConnectionPlaces _places = new(new TransportOptions { MaxConnections = 8, MaxConnectionsPerAddress = 2 });

    [Fact]
    public void TryEnter_OneAddressTooOften_RefusesNobodyElse()
    {
        var first = _places.TryEnter("10.0.0.1", isKnown: true)!;
        _places.TryEnter("10.0.0.1", isKnown: true);

        Assert.Null(_places.TryEnter("10.0.0.1", isKnown: true));
        Assert.NotNull(_places.TryEnter("10.0.0.2", isKnown: true));
        first.Dispose();
        Assert.NotNull(_places.TryEnter("10.0.0.1", isKnown: true));
    }

    [Fact]
    public void TryEnter_ThisMachine_IsBoundedByTheProcessAlone()
    {
        Assert.All(Enumerable.Range(0, 8), _ => Assert.NotNull(_places.TryEnter("127.0.0.1", isKnown: true)));
        Assert.Null(_places.TryEnter("127.0.0.1", isKnown: true));
    }

    [Fact]
    public void TryEnter_Strangers_GetAQuarterUntilTheyAreKnown()
    {
        var stranger = _places.TryEnter("127.0.0.1", isKnown: false)!;
        _places.TryEnter("127.0.0.1", isKnown: false);

        Assert.Null(_places.TryEnter("127.0.0.1", isKnown: false));
        stranger.BecameKnown();
        stranger.BecameKnown();
        Assert.NotNull(_places.TryEnter("127.0.0.1", isKnown: false));
        Assert.Null(_places.TryEnter("127.0.0.1", isKnown: false));
    }

    [Fact]
    public async Task Connect_OnceMoreThanAnAddressMay_IsRefused()
    {
        await using var server = await TestServer.StartAsync(["--Convonet:Transport:MaxConnectionsPerAddress", "1"]);
        var other = IPAddress.Parse("127.0.0.2");
        using var first = await VoiceClient.ConnectAsync(server, from: other);

        await Assert.ThrowsAsync<WebSocketException>(() => VoiceClient.ConnectAsync(server, from: other));
        using var here = await VoiceClient.ConnectAsync(server);
        using var there = await VoiceClient.ConnectAsync(server, from: IPAddress.Parse("127.0.0.3"));
    }
}
