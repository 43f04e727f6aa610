using System.Net;
using System.Text;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Transport;

/// <summary>What a request says of where it came from counts when a known proxy says it, and not otherwise.</summary>
public sealed class ProxyTests
{
    private const string Public = "https://chat.example.com";
    private static readonly string[] Known = [.. TestServer.Beyond, "--Convonet:Proxies", "127.0.0.1, 10.1.0.0/16"];
    private static readonly string[] Unknown = [.. TestServer.Beyond, "--Convonet:Proxies", "10.1.0.0/16"];

    /// <summary>As a proxy on this machine passes on a request to <see cref="Public"/>.</summary>
    private static readonly (string, string)[] Forwarded = [("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "chat.example.com")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Login_BehindAKnownProxy_IsOfItsPageAndItsCookieIsForTlsOnly()
    {
        await using var server = await TestServer.StartAsync(Known);
        using var anna = await server.RegisterAsync("anna@example.com");

        using var login = await LoginAsync(server, Public, Forwarded);
        var cookie = Assert.Single(login.Headers.GetValues("Set-Cookie"));

        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
        (string, string)[] headers = [.. Forwarded, ("Cookie", cookie.Split(';')[0])];
        using var client = await VoiceClient.ConnectAsync(server, headers: [.. headers, ("Origin", Public)]);
        Assert.Equal("connected", client.Hello.Name);
        Assert.Equal(HttpStatusCode.Forbidden, await VoiceClient.RefusalAsync(server, headers: [.. headers, ("Origin", "http://chat.example.com")]));
    }

    [Fact]
    public async Task Login_BehindAnUnknownProxy_IsOfAnotherPage()
    {
        await using var server = await TestServer.StartAsync(Unknown);
        using var anna = await server.RegisterAsync("anna@example.com");

        using var forged = await LoginAsync(server, Public, Forwarded);
        using var plain = await LoginAsync(server, null, Forwarded);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (forged.StatusCode, plain.StatusCode));
        Assert.DoesNotContain("secure", Assert.Single(plain.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Login_ForwardedHostThatIsNotAllowed_IsNotTheServersOwn()
    {
        await using var server = await TestServer.StartAsync(Known);
        using var anna = await server.RegisterAsync("anna@example.com");

        using var login = await LoginAsync(server, "https://evil.example", [("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example")]);

        Assert.Equal(HttpStatusCode.Forbidden, login.StatusCode);
    }

    /// <summary>Whoever is out of tries stays out, whatever address is claimed; the others behind the same proxy are not kept out with them.</summary>
    [Fact]
    public async Task Tries_BehindAKnownProxy_AreCountedForEachClient()
    {
        await using var server = await TestServer.StartAsync([.. Known, "--Convonet:Accounts:TriesPerMinute", "2"]);

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], await TriesAsync(server, "198.51.100.1, 203.0.113.7", "198.51.100.2, 203.0.113.7", "198.51.100.3, 203.0.113.7, 10.1.2.3"));
        Assert.Equal([HttpStatusCode.Unauthorized], await TriesAsync(server, "203.0.113.8"));
    }

    [Fact]
    public async Task Tries_BehindAnUnknownProxy_AreCountedTogether()
    {
        await using var server = await TestServer.StartAsync([.. Unknown, "--Convonet:Accounts:TriesPerMinute", "2"]);

        Assert.Equal(
            [HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], await TriesAsync(server, "203.0.113.7", "203.0.113.8", "203.0.113.9"));
    }

    /// <summary>With a proxy in front, nothing that comes from this machine, or says so, is the local owner's.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Request_ThatSeemsToBeOfThisMachine_IsNobodys(string? from)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using (await TestServer.StartAsync(database: database))
        {
            // Makes the local owner.
        }

        await using var server = await TestServer.StartAsync(["--Convonet:Proxies", "127.0.0.1", "--Convonet:Accounts:Registration", "Open"], database: database);
        using var http = TestUser.Client(server);
        if (from is not null)
        {
            http.DefaultRequestHeaders.Add("X-Forwarded-For", from);
        }

        using var answer = await http.GetAsync("/api/account", Token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private static async Task<HttpStatusCode[]> TriesAsync(TestServer server, params string[] clients)
    {
        var statuses = new List<HttpStatusCode>();
        foreach (var client in clients)
        {
            using var answer = await LoginAsync(server, null, [("X-Forwarded-For", client)]);
            statuses.Add(answer.StatusCode);
        }

        return [.. statuses];
    }

    private static async Task<HttpResponseMessage> LoginAsync(TestServer server, string? origin, (string Name, string Value)[] headers)
    {
        using var http = TestUser.Client(server);
        foreach (var (name, value) in origin is null ? headers : [.. headers, ("Origin", origin)])
        {
            http.DefaultRequestHeaders.Add(name, value);
        }

        using var body = new StringContent($$"""{"email":"anna@example.com","password":"{{TestUser.Password}}"}""", Encoding.UTF8, "application/json");
        return await http.PostAsync("/api/account/login", body, Token);
    }
}
