using System.Net;
using System.Text.Json;
using Convonet.Server.Store;
using Convonet.Tests.EndToEnd;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Accounts;

/// <summary>How people come in, how long they stay, and how they go.</summary>
public sealed class SignInTests : IAsyncLifetime
{
    private static readonly object Right = new { email = "anna@example.com", password = TestUser.Password };

    private readonly ObservedTime _time = new(DateTimeOffset.UtcNow);
    private TestServer _server = null!;
    private TestUser _anna = null!;
    private HttpClient _browser = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(TestServer.Beyond, _time);
        _anna = await _server.RegisterAsync("anna@example.com");
        _browser = TestUser.Browser(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        _anna.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Login_Right_GivesACookieThatNoScriptAndNoOtherSiteGets(bool remember)
    {
        using var http = TestUser.Client(_server);
        using var response = await http.PostAsync(
            "/api/account/login", JsonContent(new { email = "ANNA@example.com", password = TestUser.Password, remember }), Token);

        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("convonet_session=", cookie, StringComparison.Ordinal);
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain=", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(remember, cookie.Contains("; expires=", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Cookie_WhileItIsUsed_Holds_AndTwoWeeksLaterNot()
    {
        await _browser.SendAsync("POST", "/api/account/login", new { email = "anna@example.com", password = TestUser.Password, remember = true });

        for (var week = 0; week < 4; week++)
        {
            _time.Jump(TimeSpan.FromDays(8)); // Every second of them would wake the timers of the server.
            Assert.Equal("anna", await _browser.WhoAsync());
        }

        _time.Jump(TimeSpan.FromDays(15));
        Assert.Null(await _browser.WhoAsync());
    }

    [Fact]
    public async Task Token_AfterAnHour_IsOver_AndTheNextOneIsOfTheSameSignIn()
    {
        _time.Advance(TimeSpan.FromMinutes(61));
        Assert.Null(await _anna.Http.WhoAsync());

        var (status, tokens) = await _browser.SendAsync("POST", "/api/account/refresh", new { refresh_token = _anna.RefreshToken });
        Assert.Equal((HttpStatusCode.OK, "Bearer", 3600), (status, tokens.GetProperty("token_type").GetString(), tokens.GetProperty("expires_in").GetInt32()));
        using var next = Bearer(tokens);
        Assert.Equal("anna", await next.WhoAsync());

        await next.SendAsync("POST", "/api/account/logout");
        Assert.Null(await next.WhoAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, await _browser.StatusAsync("POST", "/api/account/refresh", new { refresh_token = _anna.RefreshToken }));
        Assert.Equal(HttpStatusCode.Unauthorized, await _browser.StatusAsync("POST", "/api/account/refresh", new { refresh_token = tokens.GetProperty("refresh_token").GetString() }));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Refresh_WithNoSuchToken_Gets401(string? token) =>
        Assert.Equal(HttpStatusCode.Unauthorized, await _browser.StatusAsync("POST", "/api/account/refresh", new { refresh_token = token }));

    [Fact]
    public async Task Refresh_WithAnAccessToken_Gets401() =>
        Assert.Equal(HttpStatusCode.Unauthorized, await _browser.StatusAsync("POST", "/api/account/refresh", new { refresh_token = _anna.Token }));

    [Theory]
    [InlineData("Bearer nonsense")]
    [InlineData("Basic YW5uYTpwYXNzd29yZA==")]
    [InlineData("")]
    public async Task Authorization_ThatSaysNothing_IsNobodys_EvenFromTheLocalOwner(string header)
    {
        await using var local = await TestServer.StartAsync();
        using var http = TestUser.Client(local);
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);

        Assert.Null(await http.WhoAsync());
    }

    [Fact]
    public async Task Logout_EndsThisSignInAndNoOther()
    {
        await _browser.SendAsync("POST", "/api/account/login", Right);
        using var copy = WithCookie(await CookieAsync());
        using var other = TestUser.Browser(_server);
        await other.SendAsync("POST", "/api/account/login", Right);
        using var stolen = WithCookie(copy.DefaultRequestHeaders.GetValues("Cookie").Single());

        Assert.Equal(HttpStatusCode.NoContent, await copy.StatusAsync("POST", "/api/account/logout"));

        Assert.Null(await stolen.WhoAsync());
        Assert.Equal("anna", await other.WhoAsync());
        Assert.Equal("anna", await _anna.Http.WhoAsync());
        Assert.Equal("anna", await _browser.WhoAsync());
    }

    [Fact]
    public async Task Logout_OldMarks_AreLetGo()
    {
        await _anna.Http.SendAsync("POST", "/api/account/logout");
        _time.Jump(TimeSpan.FromDays(16));
        using var later = await TestUser.SignInAsync(_server, "anna@example.com", _anna.Id);
        await later.Http.SendAsync("POST", "/api/account/logout");

        await using var db = await _server.Services.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContextAsync(Token);
        Assert.Equal(1, await db.UserTokens.CountAsync(Token));
    }

    [Fact]
    public async Task DeletedUser_CookieAndToken_AreNobodysAndTheCookieIsTakenBack()
    {
        await _browser.SendAsync("POST", "/api/account/login", Right);
        await _server.ChangeAsync(_anna.Id, (db, user) => db.Remove(user));

        using var response = await _browser.GetAsync("/api/account", Token);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("convonet_session=;", response.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await _anna.Http.StatusAsync("GET", "/api/providers"));
        Assert.Equal(HttpStatusCode.Unauthorized, await _browser.StatusAsync("POST", "/api/account/refresh", new { refresh_token = _anna.RefreshToken }));
    }

    [Fact]
    public async Task LocalOwner_CookieOfSomebodyWhoIsGone_IsNobodysOnce()
    {
        await using var local = await TestServer.StartAsync();
        using var bea = await local.RegisterAsync("bea@example.com");
        using var browser = TestUser.Browser(local);
        await browser.SendAsync("POST", "/api/account/login", new { email = "bea@example.com", password = TestUser.Password });
        Assert.Equal("bea", await browser.WhoAsync());
        await local.ChangeAsync(bea.Id, (db, user) => db.Remove(user));

        Assert.Equal((null, "owner"), (await browser.WhoAsync(), await browser.WhoAsync()));
    }

    [Fact]
    public async Task LocalOwner_CookieThatCannotBeRead_SaysNothing()
    {
        await using var local = await TestServer.StartAsync();
        using var http = TestUser.Client(local);
        http.DefaultRequestHeaders.Add("Cookie", "convonet_session=of-another-server");

        Assert.Equal("owner", await http.WhoAsync());
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task SignIns_AfterARestart_Hold_AndThoseThatEndedDoNot(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        string token, ended;
        await using (var server = await TestServer.StartAsync(TestServer.Beyond, database: database))
        {
            using var bea = await server.RegisterAsync("bea@example.com");
            using var phone = await TestUser.SignInAsync(server, "bea@example.com", bea.Id);
            Assert.Equal(HttpStatusCode.NoContent, await phone.Http.StatusAsync("POST", "/api/account/logout"));
            Assert.Equal(HttpStatusCode.NoContent, await bea.Http.StatusAsync("PUT", "/api/account/pin", new { pin = "1234" }));
            Assert.Equal(HttpStatusCode.OK, await bea.Http.StatusAsync("PATCH", "/api/account", new { email = "bea@new.example" }));
            (token, ended) = (bea.Token, phone.Token);
        }

        await using (var server = await TestServer.StartAsync(TestServer.Beyond, database: database))
        {
            Assert.Equal(("bea", null), (await WhoAsync(server, token), await WhoAsync(server, ended)));
            using var client = await VoiceClient.ConnectAsync(server);
            await client.SendAsync("authenticate", new { user = "bea@new.example", pin = "1234" });
            Assert.Equal("True", (await client.NextAsync())["success"]);
        }

        static async Task<string?> WhoAsync(TestServer server, string token)
        {
            using var http = TestUser.Client(server);
            http.DefaultRequestHeaders.Authorization = new("Bearer", token);
            return await http.WhoAsync();
        }
    }

    [Theory]
    [InlineData("login")]
    [InlineData("token")]
    [InlineData("register")]
    [InlineData("refresh")]
    public async Task Tries_OfOneAddress_AreLimited(string path)
    {
        await using var server = await TestServer.StartAsync(["--Convonet:Accounts:TriesPerMinute", "3"]);
        using var http = TestUser.Client(server);

        var answers = new List<HttpStatusCode>();
        for (var n = 0; n < 4; n++)
        {
            answers.Add(await http.StatusAsync("POST", $"/api/account/{path}", path == "refresh" ? new { refresh_token = "x" } : new { email = $"{n}@example.com", password = "x" }));
        }

        Assert.DoesNotContain(HttpStatusCode.TooManyRequests, answers[..3]);
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[3]);
        Assert.Equal("owner", await http.WhoAsync());
    }

    private static StringContent JsonContent(object body) => new(JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json");

    private async Task<string> CookieAsync()
    {
        using var http = TestUser.Client(_server);
        using var response = await http.PostAsync("/api/account/login", JsonContent(Right), Token);
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private HttpClient WithCookie(string cookie)
    {
        var http = TestUser.Client(_server);
        http.DefaultRequestHeaders.Add("Cookie", cookie);
        return http;
    }

    private HttpClient Bearer(JsonElement tokens)
    {
        var http = TestUser.Client(_server);
        http.DefaultRequestHeaders.Authorization = new("Bearer", tokens.GetProperty("access_token").GetString());
        return http;
    }
}
