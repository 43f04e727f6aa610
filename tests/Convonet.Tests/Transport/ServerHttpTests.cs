using System.Net;
using System.Text.Json.Nodes;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Transport;

/// <summary>What the server answers besides the WebSocket.</summary>
public sealed class ServerHttpTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private HttpClient _http = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _http = new HttpClient { BaseAddress = _server.Address, Timeout = TestServer.Patience };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task Health_ServerRuns_IsHealthy(string path) => Assert.Equal("Healthy", await _http.GetStringAsync(path, Token));

    /// <summary>Health is on the port of everything else: it says one word, and nothing for operators alone stands beside it.</summary>
    [Theory]
    [InlineData("/metrics")]
    [InlineData("/admin")]
    [InlineData("/health")]
    [InlineData("/debug/pprof")]
    [InlineData("/appsettings.json")]
    [InlineData("/convonet.db")]
    [InlineData("/healthz/details")]
    [InlineData("/api/admin")]
    public async Task Scan_ForWhatOperatorsSee_FindsNothing(string path)
    {
        using var response = await _http.GetAsync(path, Token);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Health_AccountsCannotBeRead_TheProcessLives()
    {
        await using (var db = await _server.Services.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContextAsync(Token))
        {
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE users RENAME TO gone", Token);
        }

        Assert.Equal("Healthy", await _http.GetStringAsync("/healthz", Token));
    }

    [Theory]
    [InlineData("/api/todos")]
    [InlineData("/api/account/register")]
    public async Task Body_LargerThanAnyNeedsToBe_Gets413(string path)
    {
        using var body = new StringContent($$"""{"title":"{{new string('x', 200_000)}}"}""", System.Text.Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(path, body, Token);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task Providers_Always_TellsWhichThereAreAndWhichIsTheDefault()
    {
        var providers = JsonNode.Parse(await _http.GetStringAsync("/api/providers", Token))!;
        foreach (var provider in providers["providers"]!.AsArray())
        {
            Assert.True(provider!.AsObject().Remove("health")); // see ProviderHealthApiTests
        }

        var expected = JsonNode.Parse(
            """
            {"default":"first","providers":[
              {"name":"first","model":"first-1","configured":true,"emulated":false},
              {"name":"second","model":"second-1","configured":true,"emulated":false}]}
            """);
        Assert.True(JsonNode.DeepEquals(expected, providers), providers.ToString());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/healthz")]
    [InlineData("/no-such-page")]
    public async Task Answer_Any_HasTheSecurityHeaders(string path)
    {
        using var response = await _http.GetAsync(path, Token);

        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example:5080")]
    public async Task Host_OfAnotherName_Gets400(string host)
    {
        foreach (var path in new[] { "/", "/voice", "/api/providers" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
            using var response = await _http.SendAsync(request, Token);

            Assert.Equal((path, HttpStatusCode.BadRequest), (path, response.StatusCode));
        }
    }

    [Fact]
    public async Task Voice_PlainRequest_Gets400AsAProblem()
    {
        using var response = await _http.GetAsync("/voice", Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Voice_OverHttp2_Connects()
    {
        await using var server = await TestServer.StartAsync(
            ["--Kestrel:Endpoints:One:Url", "http://127.0.0.1:0", "--Kestrel:Endpoints:One:Protocols", "Http2"]);
        server.Model.Says("Hello.");
        var address = new UriBuilder(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) { Scheme = "ws", Path = "/voice" };

        using var client = await VoiceClient.ConnectAsync(server, http: HttpVersion.Version20, address: address.Uri);
        await client.AskAsync("Hi");

        Assert.Equal("Hello.", (await client.UntilAsync("agent_response"))[^1]["text"]);
        Assert.Equal(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, await client.CloseAsync());
    }
}
