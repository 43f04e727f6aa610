using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Accounts;

/// <summary>Whom a connection serves, and until when.</summary>
public sealed class VoiceSignInTests : IAsyncLifetime
{
    private const string Pin = "204731";
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private TestServer _server = null!;
    private TestUser _anna = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(TestServer.Beyond, _time);
        _anna = await _server.RegisterAsync("anna@example.com");
        await _anna.Http.SendAsync("PUT", "/api/account/pin", new { pin = Pin });
    }

    public async ValueTask DisposeAsync()
    {
        _anna.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Stranger_AnythingButAuthenticate_IsUnauthenticated()
    {
        (string Name, object Data)[] others =
        [
            ("user_message", new { text = "Hello", client_msg_id = "m1" }), ("cancel", new { }), ("set_provider", new { provider = "second" }),
            ("resume", new { conversation = "c_1", after = 0, epoch = 1 }),
        ];
        using var client = await VoiceClient.ConnectAsync(_server);
        Assert.Equal("False", client.Hello["signed_in"]);

        foreach (var (name, data) in others)
        {
            await client.SendAsync(name, data);
            var refused = await client.NextAsync();
            Assert.Equal((name, "error", "unauthenticated"), (name, refused.Name, refused["code"]));
            Assert.Equal(name == "user_message" ? "m1" : null, refused["client_msg_id"]);
        }

        await client.SendAsync("confirm", new { id = "call_1_0_0", yes = true });
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, (await client.UntilClosedAsync()).Status);
    }

    [Theory]
    [InlineData("anna")]
    [InlineData(" ANNA ")]
    [InlineData("anna@example.com")]
    [InlineData("Anna@Example.COM")]
    [InlineData(null)]
    public async Task Authenticate_RightPin_ServesTheUser(string? user)
    {
        _server.Model.Says("Hello Anna.");
        using var client = await VoiceClient.ConnectAsync(_server);

        await client.SendAsync("authenticate", user is null ? new { pin = Pin } : new { user, pin = Pin });
        var answer = await client.NextAsync();
        await client.AskAsync("Hi");
        var events = await client.UntilAsync("agent_response");

        Assert.Equal(
            ("authenticated", "True", "Anna Muster", "Welcome back, Anna Muster!"),
            (answer.Name, answer["success"], answer["user_name"], answer["message"]));
        using var again = await _anna.ConnectAsync();
        await again.SendAsync("resume", new { conversation = client.Conversation, after = 0, epoch = 1 });
        Assert.Equal(("status", "resumed"), ((await again.NextAsync()) is var resumed ? (resumed.Name, resumed["code"]) : default));
        Assert.Equal("Hello Anna.", events[^1]["text"]);
    }

    [Theory]
    [InlineData("anna", "204732")]
    [InlineData("anna", "2047")]
    [InlineData("anna", "2047310")]
    [InlineData("anna", "abcd")]
    [InlineData("bea", Pin)]
    [InlineData("nobody", Pin)]
    [InlineData(null, "204732")]
    public async Task Authenticate_Wrong_SaysNoMoreThanThat(string? user, string pin)
    {
        using var bea = await _server.RegisterAsync("bea@example.com");
        using var client = await VoiceClient.ConnectAsync(_server);

        await client.SendAsync("authenticate", user is null ? new { pin } : new { user, pin });
        var answer = await client.NextAsync();
        await client.AskAsync("Hi");

        Assert.Equal("""{"event":"authenticated","data":{"success":false,"message":"Invalid PIN. Please try again."}}""", answer.Raw);
        Assert.Equal("unauthenticated", (await client.NextAsync())["code"]);
    }

    [Fact]
    public async Task Authenticate_PinAlone_WhereTwoHaveOne_IsWrong()
    {
        using var bea = await _server.RegisterAsync("bea@example.com");
        await bea.Http.SendAsync("PUT", "/api/account/pin", new { pin = "9999" });
        using var client = await VoiceClient.ConnectAsync(_server);

        Assert.False(await AuthenticateAsync(client, null, Pin));
        Assert.False(await AuthenticateAsync(client, null, "9999"));
        Assert.True(await AuthenticateAsync(client, "bea", "9999"));
    }

    [Fact]
    public async Task Authenticate_TheSamePinOfTwo_IsTheNamedOnes()
    {
        using var bea = await _server.RegisterAsync("bea@example.com", "Bea");
        Assert.Equal(HttpStatusCode.NoContent, await bea.Http.StatusAsync("PUT", "/api/account/pin", new { pin = Pin }));
        using var client = await VoiceClient.ConnectAsync(_server);

        await client.SendAsync("authenticate", new { user = "bea", pin = Pin });

        Assert.Equal("Bea", (await client.NextAsync())["user_name"]);
    }

    [Theory]
    [InlineData("""{"event":"authenticate","data":{}}""", "missing_field")]
    [InlineData("""{"event":"authenticate","data":{"pin":1234}}""", "missing_field")]
    [InlineData("""{"event":"authenticate","data":{"pin":""}}""", "missing_field")]
    [InlineData("""{"event":"authenticate","data":{"pin":"1234","user":7}}""", "invalid_field")]
    [InlineData("""{"event":"authenticate","data":{"pin":"1234","user":""}}""", "invalid_field")]
    public async Task Authenticate_Malformed_IsABadFrame(string frame, string code)
    {
        using var client = await VoiceClient.ConnectAsync(_server);

        await client.SendTextAsync(frame);

        Assert.Equal(("error", code), ((await client.NextAsync()) is var refused ? (refused.Name, refused["code"]) : default));
    }

    [Fact]
    public async Task Authenticate_SixthTryOfAConnection_IsNotLookedAt()
    {
        using var client = await VoiceClient.ConnectAsync(_server);

        for (var n = 0; n < 5; n++)
        {
            Assert.False(await AuthenticateAsync(client, $"nobody{n}", Pin));
        }

        await client.SendAsync("authenticate", new { user = "anna", pin = Pin });
        Assert.Equal("Too many tries. Please wait a minute.", (await client.NextAsync())["message"]);
    }

    [Theory]
    [InlineData("anna", "anna@example.com")]
    [InlineData("nobody", "NOBODY")]
    public async Task Authenticate_SixthTryForAnAccount_IsNotLookedAtUntilAMinuteLater(string name, string otherName)
    {
        for (var n = 0; n < 5; n++)
        {
            using var client = await VoiceClient.ConnectAsync(_server, from: From(n));
            Assert.False(await AuthenticateAsync(client, n % 2 == 0 ? name : otherName, "0000"));
        }

        Assert.Equal("Too many tries. Please wait a minute.", await TryAsync(6));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("Too many tries. Please wait a minute.", await TryAsync(7));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual("Too many tries. Please wait a minute.", await TryAsync(8));

        async Task<string?> TryAsync(int place)
        {
            using var client = await VoiceClient.ConnectAsync(_server, from: From(place));
            await client.SendAsync("authenticate", new { user = name, pin = Pin });
            return (await client.NextAsync())["message"];
        }
    }

    [Fact]
    public async Task Authenticate_SixthTryOfAnAddress_IsNotLookedAtWhateverTheConnection()
    {
        for (var n = 0; n < 5; n++)
        {
            using var one = await VoiceClient.ConnectAsync(_server);
            Assert.False(await AuthenticateAsync(one, $"nobody{n}", Pin));
        }

        using var client = await VoiceClient.ConnectAsync(_server);
        Assert.False(await AuthenticateAsync(client, "anna", Pin));
        _time.Advance(TimeSpan.FromMinutes(1));
        using var later = await VoiceClient.ConnectAsync(_server);
        Assert.True(await AuthenticateAsync(later, "anna", Pin));
    }

    [Fact]
    public async Task Stranger_AfterThirtySeconds_IsClosed_AndSomebodyWhoSignedInIsNot()
    {
        using var stranger = await VoiceClient.ConnectAsync(_server);
        using var known = await VoiceClient.ConnectAsync(_server);
        Assert.True(await AuthenticateAsync(known, "anna", Pin));

        _time.Advance(TimeSpan.FromSeconds(29));
        await stranger.SendAsync("cancel");
        Assert.Equal("unauthenticated", (await stranger.NextAsync())["code"]);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, (await stranger.UntilClosedAsync()).Status);
        await known.SendAsync("set_provider", new { provider = "second" });
        Assert.Equal("status", (await known.NextAsync()).Name);
    }

    [Fact]
    public async Task Strangers_MoreThanAQuarterOfThePlaces_KeepNobodyOut()
    {
        await using var server = await TestServer.StartAsync([.. TestServer.Beyond, "--Convonet:Transport:MaxConnections", "8"]);
        using var bea = await server.RegisterAsync("bea@example.com");
        await bea.Http.SendAsync("PUT", "/api/account/pin", new { pin = Pin });
        using var one = await VoiceClient.ConnectAsync(server);
        using var two = await VoiceClient.ConnectAsync(server);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await VoiceClient.RefusalAsync(server));
        using var known = await bea.ConnectAsync();
        Assert.True(await AuthenticateAsync(one, "bea", Pin));

        Assert.Equal(HttpStatusCode.SwitchingProtocols, await VoiceClient.RefusalAsync(server));
    }

    [Theory]
    [InlineData("Authorization", "Bearer nonsense")]
    [InlineData("Authorization", "Basic YTpi")]
    public async Task Handshake_WithWhatDoesNotHold_Gets401(string header, string value) =>
        Assert.Equal(HttpStatusCode.Unauthorized, await VoiceClient.RefusalAsync(_server, headers: [(header, value)]));

    [Theory]
    [InlineData("Bearer nonsense", "This token does not hold, or not any more: get a new one.")]
    [InlineData(null, "Sign in first.")]
    public async Task Handshake_WithoutATokenThatHolds_SaysWhichOfTheTwoItIs(string? authorization, string detail)
    {
        await using var local = await TestServer.StartAsync();
        using var http = TestUser.Client(local);
        (string Name, string? Value)[] headers =
        [
            ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Via", "1.1 proxy"), ("Authorization", authorization),
        ];
        foreach (var (name, value) in headers.Where(static one => one.Value is not null))
        {
            http.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        }

        using var answer = await http.GetAsync("/voice", TestContext.Current.CancellationToken);

        Assert.Equal(detail, JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Handshake_WithATokenThatEnded_Gets401()
    {
        await _anna.Http.SendAsync("POST", "/api/account/logout");

        Assert.Equal(HttpStatusCode.Unauthorized, await VoiceClient.RefusalAsync(_server, headers: [("Authorization", $"Bearer {_anna.Token}")]));
    }

    private static IPAddress From(int place) => new([127, 0, 1, (byte)(place + 1)]);

    private static async Task<bool> AuthenticateAsync(VoiceClient client, string? user, string pin)
    {
        await client.SendAsync("authenticate", user is null ? new { pin } : new { user, pin });
        return (await client.UntilAsync("authenticated"))[^1]["success"] == "True";
    }
}
