using System.Net;
using System.Text.Json;
using Convonet.Server.Accounts;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Accounts;

/// <summary>How people come in, how long they stay, and how they go.</summary>
[Collection(nameof(TestServer))]
public sealed class SignInTests : IAsyncLifetime
{
    private const string NewPassword = "staple horse battery";
    private static readonly object Right = new { email = "anna@example.com", password = TestUser.Password };

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
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
    public async Task Login_WrongPasswordAndUnknownAddress_HaveTheSameAnswer()
    {
        foreach (var path in new[] { "/api/account/login", "/api/account/token" })
        {
            var wrong = await _browser.SendAsync("POST", path, new { email = "anna@example.com", password = "not this one" });
            var unknown = await _browser.SendAsync("POST", path, new { email = "nobody@example.com", password = "not this one" });

            Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (wrong.Status, unknown.Status));
            Assert.Equal(wrong.Body.ToString(), unknown.Body.ToString());
        }
    }

    [Theory]
    [InlineData("anna@example.com", true)]
    [InlineData("nobody@example.com", false)]
    [InlineData("", false)]
    public async Task Passwords_Any_AreCheckedOnceWhetherTheAccountExistsOrNot(string email, bool exists)
    {
        await using var scope = _server.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var hasher = new CountingHasher();
        users.PasswordHasher = hasher;
        var passwords = new Passwords(users, scope.ServiceProvider.GetRequiredService<PasswordTries>());

        Assert.Null(await passwords.FindAsync(email, "not this one"));
        Assert.Equal(1, hasher.Verified);
        Assert.Equal(exists, await passwords.FindAsync(email, TestUser.Password) is not null);
        Assert.Equal(2, hasher.Verified);
    }

    [Theory]
    [InlineData("anna@example.com", HttpStatusCode.OK)]
    [InlineData("nobody@example.com", HttpStatusCode.Unauthorized)]
    public async Task Login_FiveFailures_CloseTheDoorForFiveMinutes(string email, HttpStatusCode afterwards)
    {
        (HttpStatusCode Status, string Body) first = default;
        for (var failure = 0; failure < 5; failure++)
        {
            var (status, body) = await _browser.SendAsync("POST", "/api/account/login", new { email, password = $"wrong one {failure}" });
            first = failure == 0 ? (status, body.ToString()) : first;
            Assert.Equal((HttpStatusCode.Unauthorized, first.Body), (status, body.ToString()));
        }

        var right = new { email = email.ToUpperInvariant(), password = TestUser.Password };
        var (refused, told) = await _browser.SendAsync("POST", "/api/account/login", right);
        Assert.Equal(first, (refused, told.ToString()));
        _time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await _browser.StatusAsync("POST", "/api/account/token", right));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(afterwards, await _browser.StatusAsync("POST", "/api/account/login", right));
    }

    [Fact]
    public async Task Login_Success_ForgetsTheFailures()
    {
        for (var round = 0; round < 3; round++)
        {
            for (var failure = 0; failure < 4; failure++)
            {
                Assert.Equal(HttpStatusCode.Unauthorized, await _browser.StatusAsync("POST", "/api/account/login", new { email = "anna@example.com", password = "wrong" }));
            }

            Assert.Equal(HttpStatusCode.OK, await _browser.StatusAsync("POST", "/api/account/login", Right));
        }
    }

    [Fact]
    public async Task Cookie_WhileItIsUsed_Holds_AndTwoWeeksLaterNot()
    {
        await _browser.SendAsync("POST", "/api/account/login", new { email = "anna@example.com", password = TestUser.Password, remember = true });

        for (var week = 0; week < 4; week++)
        {
            _time.Advance(TimeSpan.FromDays(8));
            Assert.Equal("anna", await _browser.WhoAsync());
        }

        _time.Advance(TimeSpan.FromDays(15));
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
        _time.Advance(TimeSpan.FromDays(16));
        using var later = await TestUser.SignInAsync(_server, "anna@example.com", _anna.Id);
        await later.Http.SendAsync("POST", "/api/account/logout");

        await using var db = await _server.Services.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContextAsync(Token);
        Assert.Equal(1, await db.UserTokens.CountAsync(Token));
    }

    [Fact]
    public async Task NewPassword_SignsOutEverywhereButHere()
    {
        await _browser.SendAsync("POST", "/api/account/login", Right);
        using var other = TestUser.Browser(_server);
        await other.SendAsync("POST", "/api/account/login", Right);

        Assert.Equal(HttpStatusCode.BadRequest, await _browser.StatusAsync("POST", "/api/account/password", new { current = "not this one", @new = NewPassword }));
        Assert.Equal(HttpStatusCode.BadRequest, await _browser.StatusAsync("POST", "/api/account/password", new { @new = NewPassword }));
        Assert.Equal(HttpStatusCode.BadRequest, await _browser.StatusAsync("POST", "/api/account/password", new { current = TestUser.Password, @new = "short" }));
        Assert.Equal("anna", await other.WhoAsync());
        Assert.Equal(HttpStatusCode.OK, await _browser.StatusAsync("POST", "/api/account/password", new { current = TestUser.Password, @new = NewPassword }));

        Assert.Equal(("anna", null, null), (await _browser.WhoAsync(), await other.WhoAsync(), await _anna.Http.WhoAsync()));
        Assert.Equal(HttpStatusCode.Unauthorized, await other.StatusAsync("POST", "/api/account/refresh", new { refresh_token = _anna.RefreshToken }));
        Assert.Equal(HttpStatusCode.Unauthorized, await other.StatusAsync("POST", "/api/account/login", Right));
        Assert.Equal(HttpStatusCode.OK, await other.StatusAsync("POST", "/api/account/login", new { email = "anna@example.com", password = NewPassword }));
    }

    [Fact]
    public async Task NewPassword_GuessesOfTheOldOne_RunOutLikeThoseOfASignIn()
    {
        for (var guess = 0; guess < 5; guess++)
        {
            await _anna.Http.SendAsync("POST", "/api/account/password", new { current = $"guess {guess}", @new = NewPassword });
        }

        Assert.Equal(HttpStatusCode.BadRequest, await _anna.Http.StatusAsync("POST", "/api/account/password", new { current = TestUser.Password, @new = NewPassword }));
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

    [Fact]
    public async Task SignIns_AfterARestart_Hold()
    {
        await using var database = await TestDatabase.CreateAsync();
        string token;
        await using (var server = await TestServer.StartAsync(TestServer.Beyond, database: database))
        {
            using var bea = await server.RegisterAsync("bea@example.com");
            token = bea.Token;
        }

        await using (var server = await TestServer.StartAsync(TestServer.Beyond, database: database))
        {
            using var http = TestUser.Client(server);
            http.DefaultRequestHeaders.Authorization = new("Bearer", token);
            Assert.Equal("bea", await http.WhoAsync());
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
