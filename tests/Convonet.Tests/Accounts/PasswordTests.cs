using System.Net;
using Convonet.Server.Accounts;
using Convonet.Tests.Fakes;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Accounts;

/// <summary>What guessing brings, and what a new password ends.</summary>
public sealed class PasswordTests : IAsyncLifetime
{
    private const string NewPassword = "staple horse battery";
    private static readonly object Right = new { email = "anna@example.com", password = TestUser.Password };

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private TestServer _server = null!;
    private TestUser _anna = null!;
    private HttpClient _browser = null!;

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
}
