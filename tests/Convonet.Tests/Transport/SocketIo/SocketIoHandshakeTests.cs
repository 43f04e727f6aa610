using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Convonet.Tests.Accounts;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Transport.SocketIo;

/// <summary>How sessions of Engine.IO open, and how clients connect to the namespace.</summary>
public sealed class SocketIoHandshakeTests
{
    [Theory]
    [InlineData("?EIO=4&transport=polling", 0, "Transport unknown")]
    [InlineData("?EIO=4", 0, "Transport unknown")]
    [InlineData("?EIO=4&transport=webtransport", 0, "Transport unknown")]
    [InlineData("?EIO=4&transport=websocket&sid=abc", 1, "Session ID unknown")]
    [InlineData("?EIO=3&transport=websocket", 5, "Unsupported protocol version")]
    [InlineData("?transport=websocket", 5, "Unsupported protocol version")]
    [InlineData("?EIO=4&transport=websocket", 3, "Bad request")]
    public async Task Request_ThatOpensNoSession_GetsTheProtocolsOwnError(string query, int code, string message)
    {
        await using var server = await TestServer.StartAsync();
        using var http = TestUser.Client(server);

        using var answer = await http.GetAsync($"/socket.io/{query}", TestContext.Current.CancellationToken);
        var error = JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal((HttpStatusCode.BadRequest, code, message), (answer.StatusCode, error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Request_OfAnotherMethod_GetsTheProtocolsOwnError()
    {
        await using var server = await TestServer.StartAsync();
        using var http = TestUser.Client(server);

        using var answer = await http.PostAsync("/socket.io/?EIO=4&transport=websocket", null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("""{"code":2,"message":"Bad handshake method"}""", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Open_TellsTheTimesAndTheLargestMessage()
    {
        await using var server = await TestServer.StartAsync();
        using var peer = await SocketIoPeer.OpenAsync(server);

        Assert.Equal(["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"], peer.Opened.EnumerateObject().Select(one => one.Name));
        Assert.Equal((0, 25_000, 20_000, 16_000_000), (
            peer.Opened.GetProperty("upgrades").GetArrayLength(), peer.Opened.GetProperty("pingInterval").GetInt32(),
            peer.Opened.GetProperty("pingTimeout").GetInt32(), peer.Opened.GetProperty("maxPayload").GetInt32()));
    }

    [Fact]
    public async Task Connect_GetsTheConnectionsOwnName()
    {
        await using var server = await TestServer.StartAsync();
        using var peer = await SocketIoPeer.OpenAsync(server);

        await peer.SendAsync("40/voice,");
        var answer = await peer.TextAsync();
        var connected = await peer.NextAsync();

        Assert.StartsWith("40/voice,{\"sid\":\"", answer);
        Assert.Equal(("connected", JsonElement.Parse(answer["40/voice,".Length..]).GetProperty("sid").GetString()), (connected.Name, connected["session_id"]));
    }

    [Theory]
    [InlineData("40", "44{\"message\":\"Invalid namespace\"}")]
    [InlineData("40/random", "44/random,{\"message\":\"Invalid namespace\"}")]
    [InlineData("40/random,{\"token\":\"1\"}", "44/random,{\"message\":\"Invalid namespace\"}")]
    public async Task Connect_ToAnUnknownNamespace_IsToldSo_AndTheKnownOneMayFollow(string packet, string error)
    {
        await using var server = await TestServer.StartAsync();
        using var peer = await SocketIoPeer.OpenAsync(server);

        await peer.SendAsync(packet);
        Assert.Equal(error, await peer.TextAsync());
        await peer.SendAsync("40/voice,");
        Assert.StartsWith("40/voice,", await peer.TextAsync());

        // Once connected too, and it costs the connection nothing.
        await peer.NextAsync();
        await peer.SendAsync(packet);
        Assert.Equal(error, await peer.TextAsync());
        await peer.EmitAsync("cancel");
        await peer.SendAsync("42/voice,7[\"cancel\"]");
        await peer.AckAsync(7);
    }

    /// <summary>The protocol: whoever does not connect first is closed at once.</summary>
    [Theory]
    [InlineData("42/voice,[\"user_message\",{\"text\":\"Hi\"}]")]
    [InlineData("41/voice,")]
    [InlineData("42/voice,{}")]
    [InlineData("4abc")]
    [InlineData("abc")]
    [InlineData("2")]
    [InlineData("40/voice,[1]")]
    [InlineData("40/voice,{\"pin\":")]
    public async Task AnythingBeforeConnect_ClosesTheSession(string packet)
    {
        await using var server = await TestServer.StartAsync();
        using var peer = await SocketIoPeer.OpenAsync(server);

        await peer.SendAsync(packet);

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, (await peer.UntilClosedAsync()).Status);
    }

    [Fact]
    public async Task NoConnectInTime_ClosesTheSession()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await TestServer.StartAsync(time: time);
        using var peer = await SocketIoPeer.OpenAsync(server);
        var closed = peer.UntilClosedAsync();

        time.Advance(TimeSpan.FromSeconds(21));

        await Assert.ThrowsAsync<WebSocketException>(() => closed);
    }

    [Fact]
    public async Task Origin_OfAnotherPage_IsRefused()
    {
        await using var server = await TestServer.StartAsync();

        await Assert.ThrowsAsync<WebSocketException>(() => SocketIoPeer.OpenAsync(server, origin: "https://evil.example"));
        using var own = await SocketIoPeer.OpenAsync(server, origin: server.Address.GetLeftPart(UriPartial.Authority));
        Assert.Equal(JsonValueKind.Object, own.Opened.ValueKind);
    }

    [Fact]
    public async Task Connect_WithAPinOrAToken_SignsIn()
    {
        await using var server = await TestServer.StartAsync(TestServer.Beyond);
        using var anna = await server.RegisterWithPinAsync("anna@example.com", "204731");

        using var byPin = await SocketIoPeer.ConnectAsync(server, new { user = "anna@example.com", pin = "204731" });
        using var byToken = await SocketIoPeer.ConnectAsync(server, new { token = anna.Token });
        foreach (var peer in new[] { byPin, byToken })
        {
            server.Model.Says("Hello.");
            await peer.EmitAsync("user_message", new { text = "Hi" });
            Assert.Equal("Hello.", (await peer.UntilAsync("agent_response"))[^1]["text"]);
        }
    }

    [Theory]
    [InlineData("{\"user\":\"anna@example.com\",\"pin\":\"000000\"}", "Invalid PIN. Please try again.")]
    [InlineData("{\"token\":\"nonsense\"}", "This token does not hold, or not any more: get a new one.")]
    public async Task Connect_WithWhatDoesNotHold_IsAConnectError(string auth, string message)
    {
        await using var server = await TestServer.StartAsync(TestServer.Beyond);
        using var anna = await server.RegisterWithPinAsync("anna@example.com", "204731");
        using var peer = await SocketIoPeer.OpenAsync(server);

        await peer.SendAsync($"40/voice,{auth}");

        Assert.Equal($$"""44/voice,{"message":"{{message}}"}""", await peer.TextAsync());
        await peer.UntilClosedAsync();
    }
}
