using System.Net;
using System.Net.WebSockets;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Accounts;

/// <summary>When the connections of somebody close, and whose stay open.</summary>
public sealed class VoiceSignOutTests : IAsyncLifetime
{
    private const string Pin = "204731";
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private TestServer _server = null!;
    private TestUser _anna = null!;
    private TestUser _bea = null!;
    private VoiceClient _annas = null!;
    private VoiceClient _beas = null!;
    private VoiceClient _annasByPin = null!;
    private VoiceClient _annasPhone = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(TestServer.Beyond, _time);
        _anna = await _server.RegisterAsync("anna@example.com");
        _bea = await _server.RegisterAsync("bea@example.com", "Bea");
        await _anna.Http.SendAsync("PUT", "/api/account/pin", new { pin = Pin });
        using var phone = await TestUser.SignInAsync(_server, "anna@example.com", _anna.Id);
        _annas = await _anna.ConnectAsync();
        _annasPhone = await phone.ConnectAsync();
        _beas = await _bea.ConnectAsync();
        _annasByPin = await VoiceClient.ConnectAsync(_server);
        await _annasByPin.SendAsync("authenticate", new { user = "anna", pin = Pin });
        Assert.Equal("True", (await _annasByPin.NextAsync())["success"]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in new IDisposable[] { _annas, _annasPhone, _beas, _annasByPin, _anna, _bea })
        {
            one.Dispose();
        }

        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Logout_ClosesTheConnectionsOfThisSignIn()
    {
        await _anna.Http.SendAsync("POST", "/api/account/logout");

        await AssertClosedAsync(_annas);
        await AssertOpenAsync(_annasPhone, _annasByPin, _beas);
    }

    [Fact]
    public async Task NewPassword_ClosesAllConnectionsOfTheUser()
    {
        Assert.Equal(HttpStatusCode.OK, await _anna.Http.StatusAsync("POST", "/api/account/password", new { current = TestUser.Password, @new = "staple horse battery" }));

        await AssertClosedAsync(_annas, _annasPhone, _annasByPin);
        await AssertOpenAsync(_beas);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task NewPin_ClosesWhatTheOldOneOpened(string method)
    {
        await _anna.Http.SendAsync(method, "/api/account/pin", method == "PUT" ? new { pin = "5555" } : null);

        await AssertClosedAsync(_annasByPin);
        await AssertOpenAsync(_annas, _annasPhone, _beas);
    }

    [Fact]
    public async Task Change_OfNameOrZone_ClosesNothing()
    {
        await _anna.Http.SendAsync("PATCH", "/api/account", new { name = "Anna B.", time_zone = "Asia/Tokyo", email = "anna@new.example" });

        _time.Advance(TimeSpan.FromSeconds(6));
        await AssertOpenAsync(_annas, _annasPhone, _annasByPin, _beas);
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("new stamp")]
    [InlineData("new pin")]
    public async Task Account_ChangedElsewhere_ClosesItsConnectionsWithinSeconds(string what)
    {
        await _server.ChangeAsync(_anna.Id, (db, user) =>
        {
            user.SecurityStamp = what == "new stamp" ? "other" : user.SecurityStamp;
            user.PinHash = what == "new pin" ? "other" : user.PinHash;
            if (what == "deleted")
            {
                db.Remove(user);
            }
        });

        _time.Advance(TimeSpan.FromSeconds(5));
        await AssertClosedAsync(what == "new pin" ? [_annasByPin] : [_annas, _annasPhone, _annasByPin]);
        await AssertOpenAsync(_beas);
    }

    /// <summary>Two servers over one database, as nodes are.</summary>
    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Logout_AtAnotherServer_ClosesTheConnectionsOfThisSignInWithinSeconds(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await using var here = await TestServer.StartAsync(TestServer.Beyond, _time, database: database);
        await using var there = await TestServer.StartAsync(TestServer.Beyond, database: database);
        using var carla = await here.RegisterAsync("carla@example.com");
        using var phone = await TestUser.SignInAsync(here, carla.Email, carla.Id);
        using var carlas = await carla.ConnectAsync();
        using var carlasPhone = await phone.ConnectAsync();
        using var elsewhere = TestUser.Client(there);
        elsewhere.DefaultRequestHeaders.Authorization = carla.Http.DefaultRequestHeaders.Authorization;

        await elsewhere.SendAsync("POST", "/api/account/logout");
        await AssertOpenAsync(carlas);
        _time.Advance(TimeSpan.FromSeconds(5));

        await AssertClosedAsync(carlas);
        await AssertOpenAsync(carlasPhone);
    }

    [Fact]
    public async Task LocalOwner_GetsAPassword_ConnectionsWithoutOneClose()
    {
        await using var server = await TestServer.StartAsync();
        using var browser = TestUser.Browser(server);
        using var client = await VoiceClient.ConnectAsync(server);
        await browser.SendAsync("PATCH", "/api/account", new { email = "me@example.com" });

        await browser.SendAsync("POST", "/api/account/password", new { @new = TestUser.Password });

        await AssertClosedAsync(client);
        using var stranger = await VoiceClient.ConnectAsync(server);
        Assert.Equal("False", stranger.Hello["signed_in"]);
    }

    [Fact]
    public async Task Authenticate_OnAConnectionThatIsSignedIn_ChangesNobody()
    {
        await _beas.SendAsync("authenticate", new { user = "anna", pin = Pin });
        Assert.Equal("False", (await _beas.NextAsync())["success"]);
        await _annas.SendAsync("authenticate", new { pin = Pin });
        Assert.Equal("True", (await _annas.NextAsync())["success"]);
        await _annas.SendAsync("authenticate", new { pin = "0000" });
        Assert.Equal("False", (await _annas.NextAsync())["success"]);

        _server.Model.Says("Hello.");
        await _beas.AskAsync("Hi");
        await _beas.UntilAsync("agent_response");
        await _bea.Http.SendAsync("POST", "/api/todos", new { title = "mine" });
        Assert.Equal("data_changed", (await _beas.NextAsync()).Name);
        await AssertOpenAsync(_annas);
    }

    [Fact]
    public async Task LocalOwner_WithoutAPin_NeedsNone()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await VoiceClient.ConnectAsync(server);

        await client.SendAsync("authenticate", new { pin = "1234" });

        Assert.Equal("True", (await client.NextAsync())["success"]);
    }

    [Fact]
    public async Task Conversation_OfSomebodyElse_IsUnknown()
    {
        _server.Model.Says("Hello Anna.");
        await _annas.AskAsync("Hi");
        await _annas.UntilAsync("agent_response");

        await _beas.SendAsync("resume", new { conversation = _annas.Conversation, after = 0, epoch = 1 });
        var foreign = await _beas.NextAsync();
        await _beas.SendAsync("resume", new { conversation = "c_" + new string('0', 32), after = 0, epoch = 1 });
        var missing = await _beas.NextAsync();

        Assert.Equal("unknown_conversation", foreign["code"]);
        Assert.Equal(missing.Raw, foreign.Raw);
    }

    [Fact]
    public async Task Things_OfTheUser_AreToldToTheirConnectionsOnly()
    {
        using var stranger = await VoiceClient.ConnectAsync(_server);

        await _anna.Http.SendAsync("POST", "/api/todos", new { title = "buy milk" });

        Assert.Equal("data_changed", (await _annas.NextAsync()).Name);
        Assert.Equal("data_changed", (await _annasByPin.NextAsync()).Name);
        await AssertOpenAsync(_beas);
        await stranger.SendAsync("cancel");
        Assert.Equal("unauthenticated", (await stranger.NextAsync())["code"]);
    }

    private static async Task AssertClosedAsync(params IEnumerable<VoiceClient> clients)
    {
        foreach (var client in clients)
        {
            Assert.Equal(WebSocketCloseStatus.PolicyViolation, (await client.UntilClosedAsync()).Status);
        }
    }

    /// <summary>The next event is the answer to what is asked now: nothing else came, and it is not closed.</summary>
    private static async Task AssertOpenAsync(params IEnumerable<VoiceClient> clients)
    {
        foreach (var client in clients)
        {
            await client.SendAsync("set_provider", new { provider = "no such one" });
            Assert.Equal("unknown_provider", (await client.NextAsync())["code"]);
        }
    }
}
