using System.Net;
using System.Net.WebSockets;
using Convonet.Server.Transport;
using Convonet.Server.Transport.WebSockets;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Transport;

public sealed class ConnectionPlacesTests
{
    private readonly ConnectionPlaces _places = new(new TransportOptions { MaxConnections = 8, MaxConnectionsPerAddress = 2 });

    [Fact]
    public void TryEnter_OneAddressTooOften_RefusesNobodyElse()
    {
        var first = _places.TryEnter("10.0.0.1", Guid.NewGuid())!;
        _places.TryEnter("10.0.0.1", Guid.NewGuid());

        Assert.Null(_places.TryEnter("10.0.0.1", Guid.NewGuid()));
        Assert.NotNull(_places.TryEnter("10.0.0.2", Guid.NewGuid()));
        first.Dispose();
        Assert.NotNull(_places.TryEnter("10.0.0.1", Guid.NewGuid()));
    }

    [Fact]
    public void TryEnter_ThisMachine_IsBoundedByTheProcessAlone()
    {
        Assert.All(Enumerable.Range(0, 8), _ => Assert.NotNull(_places.TryEnter("127.0.0.1", Guid.NewGuid())));
        Assert.Null(_places.TryEnter("127.0.0.1", Guid.NewGuid()));
    }

    [Fact]
    public void TryEnter_Strangers_GetAQuarterUntilTheyAreKnown()
    {
        var stranger = _places.TryEnter("127.0.0.1", null)!;
        _places.TryEnter("127.0.0.1", null);

        Assert.Null(_places.TryEnter("127.0.0.1", null));
        var user = Guid.NewGuid();
        Assert.True(stranger.TryBecome(user));
        Assert.True(stranger.TryBecome(user));
        Assert.NotNull(_places.TryEnter("127.0.0.1", null));
        Assert.Null(_places.TryEnter("127.0.0.1", null));
    }

    [Fact]
    public void TryEnter_OneUserTooOften_RefusesNobodyElse()
    {
        var (anna, bruno) = (Guid.NewGuid(), Guid.NewGuid());
        var places = new ConnectionPlaces(new TransportOptions { MaxConnectionsPerUser = 2 });
        var first = places.TryEnter("10.0.0.1", anna)!;
        var stranger = places.TryEnter("10.0.0.2", null)!;
        Assert.NotNull(places.TryEnter("10.0.0.2", anna));

        Assert.Null(places.TryEnter("10.0.0.3", anna));
        Assert.False(stranger.TryBecome(anna));
        Assert.NotNull(places.TryEnter("127.0.0.1", anna));
        Assert.NotNull(places.TryEnter("10.0.0.1", bruno));

        stranger.Dispose();
        first.Dispose();
        Assert.Null(places.TryEnter("10.0.0.3", anna));
        Assert.NotNull(places.TryEnter("10.0.0.3", bruno));
    }

    [Fact]
    public async Task Connect_OnceMoreThanAUserMay_IsRefused()
    {
        await using var server = await TestServer.StartAsync(["--Convonet:Transport:MaxConnectionsPerUser", "1"]);
        using var first = await VoiceClient.ConnectAsync(server, from: IPAddress.Parse("127.0.0.2"));

        await Assert.ThrowsAsync<WebSocketException>(() => VoiceClient.ConnectAsync(server, from: IPAddress.Parse("127.0.0.3")));
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
