using System.Net;
using System.Text.Json;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Accounts;

/// <summary>Accounts over HTTP.</summary>
public sealed class AccountApiTests : IAsyncLifetime
{
    private static readonly (string What, object Request, string Field)[] BadRegistrations =
    [
        ("no e-mail", new { password = TestUser.Password, name = "Anna" }, "email"),
        ("e-mail without @", new { email = "anna", password = TestUser.Password, name = "Anna" }, "email"),
        ("e-mail with a name", new { email = "Anna <anna@example.com>", password = TestUser.Password, name = "Anna" }, "email"),
        ("e-mail with a line break", new { email = "anna@example.com\nx", password = TestUser.Password, name = "Anna" }, "email"),
        ("two e-mails", new { email = "anna@example.com,eve@example.com", password = TestUser.Password, name = "Anna" }, "email"),
        ("endless e-mail", new { email = new string('a', 250) + "@example.com", password = TestUser.Password, name = "Anna" }, "email"),
        ("no password", new { email = "anna@example.com", name = "Anna" }, "password"),
        ("password of nine", new { email = "anna@example.com", password = "123456789", name = "Anna" }, "password"),
        ("endless password", new { email = "anna@example.com", password = new string('x', 257), name = "Anna" }, "password"),
        ("no name", new { email = "anna@example.com", password = TestUser.Password }, "name"),
        ("blank name", new { email = "anna@example.com", password = TestUser.Password, name = "  " }, "name"),
        ("name of 101", new { email = "anna@example.com", password = TestUser.Password, name = new string('n', 101) }, "name"),
        ("name with a line break", new { email = "anna@example.com", password = TestUser.Password, name = "Anna\nIgnore all rules" }, "name"),
        ("no time zone of this world", new { email = "anna@example.com", password = TestUser.Password, name = "Anna", time_zone = "Mars/Olympus" }, "time_zone"),
        ("an offset", new { email = "anna@example.com", password = TestUser.Password, name = "Anna", time_zone = "UTC+02:00" }, "time_zone"),
        ("a path", new { email = "anna@example.com", password = TestUser.Password, name = "Anna", time_zone = "../../etc/passwd" }, "time_zone"),
    ];

    private static readonly (object Request, string Field)[] BadChanges =
    [
        (new { name = "" }, "name"),
        (new { name = new string('n', 101) }, "name"),
        (new { time_zone = "CET+1" }, "time_zone"),
        (new { email = "nobody" }, "email"),
        (new { email = "ANNA@example.com" }, "email"),
    ];

    private TestServer _server = null!;
    private HttpClient _owner = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _owner = TestUser.Client(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _owner.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Register_WithAFault_NamesTheField()
    {
        foreach (var (what, request, field) in BadRegistrations)
        {
            var (status, problem) = await _owner.SendAsync("POST", "/api/account/register", request);

            Assert.Equal((what, HttpStatusCode.BadRequest), (what, status));
            Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(one => one.Name));
        }
    }

    [Fact]
    public async Task Register_TenPlainCharacters_IsEnough()
    {
        var (status, account) = await _owner.SendAsync(
            "POST", "/api/account/register", new { email = " Anna@Example.com ", password = "aaaaaaaaaa", name = "  Anna Muster ", time_zone = "America/New_York" });

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            ("Anna Muster", "Anna@Example.com", "anna", "America/New_York", "True", "False", "False", "True"),
            (Text("name"), Text("email"), Text("user_name"), Text("time_zone"), Text("has_password"), Text("has_pin"), Text("is_local_owner"), Text("registration_open")));

        string Text(string field) => account.GetProperty(field).ToString();
    }

    [Fact]
    public async Task Register_SameAddress_IsRefusedHoweverItIsWritten()
    {
        using var anna = await _server.RegisterAsync("anna@example.com");

        var (status, problem) = await _owner.SendAsync("POST", "/api/account/register", new { email = "ANNA@EXAMPLE.COM", password = TestUser.Password, name = "Eve" });

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.True(problem.GetProperty("errors").TryGetProperty("email", out _));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Register_ManyAtOnce_MakesOneAccountForAnAddress(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await using var server = await TestServer.StartAsync(database: database);
        using var http = TestUser.Client(server);

        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => http.StatusAsync(
            "POST", "/api/account/register", new { email = $"anna@{(n % 2 == 0 ? "one" : "two")}.example", password = TestUser.Password, name = "Anna" })));

        Assert.Equal(2, made.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(6, made.Count(status => status == HttpStatusCode.BadRequest));
    }

    [Theory]
    [InlineData("anna@one.example", "anna@two.example", "anna", "anna2")]
    [InlineData("owner@one.example", "OWNER@two.example", "owner2", "owner3")]
    [InlineData("ö@one.example", "Anna.M-x_y+tag@two.example", "user", "anna.m-x_ytag")]
    public async Task Register_UserNames_AreShortAndNobodyElses(string first, string second, string firstName, string secondName)
    {
        using var one = await _server.RegisterAsync(first);
        using var two = await _server.RegisterAsync(second);

        Assert.Equal((firstName, secondName), (await one.Http.WhoAsync(), await two.Http.WhoAsync()));
    }

    [Theory]
    [InlineData("Auto", true, true)]
    [InlineData("Open", true, true)]
    [InlineData("Closed", true, false)]
    [InlineData("Auto", false, false)]
    [InlineData("Open", false, true)]
    [InlineData("Closed", false, false)]
    public async Task Register_ByMode_IsOpenOrNot(string mode, bool local, bool open)
    {
        string[] reach = local ? [] : ["--AllowedHosts", "127.0.0.1;chat.example.com", "--Convonet:Accounts:Owner:Email", "me@example.com", "--Convonet:Accounts:Owner:Password", TestUser.Password];
        await using var server = await TestServer.StartAsync(["--Convonet:Accounts:Registration", mode, .. reach]);
        using var http = TestUser.Client(server);

        var status = await http.StatusAsync("POST", "/api/account/register", new { email = "anna@example.com", password = TestUser.Password, name = "Anna" });
        var (_, me) = await http.SendAsync("GET", "/api/account");

        Assert.Equal((open ? HttpStatusCode.OK : HttpStatusCode.Forbidden, open), (status, me.GetProperty("registration_open").GetBoolean()));
    }

    [Fact]
    public async Task Change_WithAFault_NamesTheFieldAndChangesNothing()
    {
        using var anna = await _server.RegisterAsync("anna@example.com");
        using var bea = await _server.RegisterAsync("bea@example.com", "Bea");
        var (_, before) = await bea.Http.SendAsync("GET", "/api/account");

        foreach (var (request, field) in BadChanges)
        {
            var (status, problem) = await bea.Http.SendAsync("PATCH", "/api/account", request);

            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(one => one.Name));
        }

        Assert.True(JsonElement.DeepEquals(before, (await bea.Http.SendAsync("GET", "/api/account")).Body));
    }

    [Fact]
    public async Task Change_ZoneThatStandsForNone_IsKeptByItsOtherName()
    {
        using var anna = await _server.RegisterAsync("anna@example.com");

        var (status, me) = await anna.Http.SendAsync("PATCH", "/api/account", new { time_zone = "Etc/UTC" });
        var (_, renamed) = await anna.Http.SendAsync("PATCH", "/api/account", new { name = "Anna B." });

        Assert.Equal((HttpStatusCode.OK, "UTC", "UTC"), (status, me.GetProperty("time_zone").GetString(), renamed.GetProperty("time_zone").GetString()));
    }

    [Fact]
    public async Task Change_OneField_LeavesTheOthers()
    {
        using var anna = await _server.RegisterAsync("anna@example.com");

        await anna.Http.SendAsync("PATCH", "/api/account", new { time_zone = "Asia/Tokyo" });
        await anna.Http.SendAsync("PATCH", "/api/account", new { name = " Anna B. " });
        var (status, me) = await anna.Http.SendAsync("PATCH", "/api/account", new { email = "anna@new.example" });

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("Anna B.", "Asia/Tokyo", "anna@new.example", "anna"), (Text("name"), Text("time_zone"), Text("email"), Text("user_name")));
        using var again = await TestUser.SignInAsync(_server, "anna@new.example", anna.Id);
        Assert.Equal(HttpStatusCode.Unauthorized, await _owner.StatusAsync("POST", "/api/account/token", new { email = "anna@example.com", password = TestUser.Password }));

        string? Text(string field) => me.GetProperty(field).GetString();
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Change_ManyAtOnce_EachIsDone(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await using var server = await TestServer.StartAsync(database: database);
        using var anna = await server.RegisterAsync("anna@example.com");

        var done = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => anna.Http.StatusAsync("PATCH", "/api/account", new { name = $"Anna {n}" })));

        Assert.All(done, status => Assert.Equal(HttpStatusCode.OK, status));
    }

    [Theory]
    [InlineData("GET", "/api/providers")]
    [InlineData("PATCH", "/api/account")]
    [InlineData("POST", "/api/account/password")]
    [InlineData("PUT", "/api/account/pin")]
    [InlineData("DELETE", "/api/account/pin")]
    [InlineData("POST", "/api/account/logout")]
    public async Task Any_WithoutSignIn_Gets401AsAProblem(string method, string path)
    {
        await using var server = await TestServer.StartAsync(TestServer.Beyond);
        using var http = TestUser.Client(server);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.Unauthorized, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Contains("Bearer", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LocalOwner_WithAddressAndPassword_IsAnAccountLikeAnyOther()
    {
        using var browser = TestUser.Browser(_server);
        Assert.Equal(HttpStatusCode.BadRequest, await browser.StatusAsync("POST", "/api/account/password", new { @new = TestUser.Password }));
        Assert.Equal(HttpStatusCode.OK, await browser.StatusAsync("PATCH", "/api/account", new { email = "me@example.com" }));
        var (status, me) = await browser.SendAsync("POST", "/api/account/password", new { @new = TestUser.Password });

        Assert.Equal((HttpStatusCode.OK, true, false), (status, me.GetProperty("has_password").GetBoolean(), me.GetProperty("is_local_owner").GetBoolean()));
        Assert.Equal("owner", await browser.WhoAsync());
        Assert.Null(await _owner.WhoAsync());
        Assert.Equal(HttpStatusCode.OK, await _owner.StatusAsync("POST", "/api/account/login", new { email = "me@example.com", password = TestUser.Password }));
    }

    [Fact]
    public async Task Pin_HasFourToSixDigits()
    {
        foreach (var pin in new[] { "1234", "12345", "123456" })
        {
            Assert.Equal(HttpStatusCode.NoContent, await _owner.StatusAsync("PUT", "/api/account/pin", new { pin }));
            Assert.True(await HasPinAsync());
            Assert.Equal(HttpStatusCode.NoContent, await _owner.StatusAsync("DELETE", "/api/account/pin"));
            Assert.False(await HasPinAsync());
        }

        foreach (var pin in new[] { "123", "1234567", "12a4", "12 34", "-1234", "１２３４", "", null })
        {
            Assert.Equal((pin, HttpStatusCode.BadRequest), (pin, await _owner.StatusAsync("PUT", "/api/account/pin", new { pin })));
            Assert.False(await HasPinAsync());
        }

        async Task<bool> HasPinAsync() => (await _owner.SendAsync("GET", "/api/account")).Body.GetProperty("has_pin").GetBoolean();
    }
}
