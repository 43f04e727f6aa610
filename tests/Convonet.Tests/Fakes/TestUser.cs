using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Convonet.Tests.Fakes;

/// <summary>Somebody with an account and a bearer token.</summary>
internal sealed class TestUser : IDisposable
{
    /// <summary>The password of everybody in tests.</summary>
    public const string Password = "correct horse battery";

    private readonly TestServer _server;

    private TestUser(TestServer server, string email, Guid id, string token, string refreshToken)
    {
        (_server, Email, Id, Token, RefreshToken) = (server, email, id, token, refreshToken);
        Http = Client(server);
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Sends requests as this user.</summary>
    public HttpClient Http { get; }

    /// <summary>E-mail address.</summary>
    public string Email { get; }

    /// <summary>Id of the account.</summary>
    public Guid Id { get; }

    /// <summary>The bearer token.</summary>
    public string Token { get; }

    /// <summary>Gets the next token.</summary>
    public string RefreshToken { get; }

    /// <summary>Registers somebody.</summary>
    public static async Task<TestUser> RegisterAsync(TestServer server, string email, string name, string timeZone)
    {
        using var http = Client(server);
        var account = await PostAsync(http, "/api/account/register", new { email, password = Password, name, time_zone = timeZone });
        return await SignInAsync(server, email, account.GetProperty("id").GetGuid());
    }

    /// <summary>A client of the server without cookies: as it is, the local owner's.</summary>
    public static HttpClient Client(TestServer server) =>
        new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = server.Address, Timeout = TestServer.Patience };

    /// <summary>A client of the server with a jar for cookies, which sends the page's origin as a browser does.</summary>
    public static HttpClient Browser(TestServer server)
    {
        var http = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = server.Address, Timeout = TestServer.Patience };
        http.DefaultRequestHeaders.Add("Origin", server.Address.GetLeftPart(UriPartial.Authority));
        return http;
    }

    /// <summary>Connects as this user.</summary>
    public Task<VoiceClient> ConnectAsync() => VoiceClient.ConnectAsync(_server, headers: [("Authorization", $"Bearer {Token}")]);

    public void Dispose() => Http.Dispose();

    /// <summary>Signs somebody in who has an account.</summary>
    public static async Task<TestUser> SignInAsync(TestServer server, string email, Guid id, string password = Password)
    {
        using var http = Client(server);
        var tokens = await PostAsync(http, "/api/account/token", new { email, password });
        return new TestUser(server, email, id, tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!);
    }

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, object body)
    {
        using var response = await http.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode} {text}");
        return JsonElement.Parse(text);
    }
}
