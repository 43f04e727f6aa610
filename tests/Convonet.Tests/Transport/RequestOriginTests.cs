using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Transport;

/// <summary>What another page can make a browser do in the name of whoever is signed in: nothing.</summary>
public sealed class RequestOriginTests : IAsyncLifetime
{
    private const string Json = "application/json";
    private const string Form = "application/x-www-form-urlencoded";
    private TestServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly (string? Origin, string? Site, string Type, HttpStatusCode Status)[] Requests =
    [
        ("own", "same-origin", Json, HttpStatusCode.OK),
        ("own", null, "application/json; charset=utf-8", HttpStatusCode.OK),
        (null, null, Json, HttpStatusCode.OK),
        ("https://app.example.com", "cross-site", Json, HttpStatusCode.OK),
        ("https://evil.example", "cross-site", Json, HttpStatusCode.Forbidden),
        ("https://evil.example", "cross-site", Form, HttpStatusCode.Forbidden),
        ("null", "cross-site", Json, HttpStatusCode.Forbidden),
        ("own.evil.example", "cross-site", Json, HttpStatusCode.Forbidden),
        (null, "cross-site", Json, HttpStatusCode.Forbidden),
        (null, "same-site", Json, HttpStatusCode.Forbidden),
        ("own", "same-origin", Form, HttpStatusCode.UnsupportedMediaType),
        ("own", "same-origin", "text/plain", HttpStatusCode.UnsupportedMediaType),
        ("own", "same-origin", "multipart/form-data; boundary=x", HttpStatusCode.UnsupportedMediaType),
        (null, null, Form, HttpStatusCode.UnsupportedMediaType),
        (null, null, "text/plain", HttpStatusCode.UnsupportedMediaType),
    ];

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(["--Convonet:Transport:AllowedOrigins:0", "https://app.example.com"]);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Change_OfTheLocalOwner_ComesFromThePageItself()
    {
        using var http = TestUser.Client(_server);

        await AssertAnswersAsync(http, one => one.Status);
    }

    [Fact]
    public async Task Change_WithACookie_ComesFromThePageItself()
    {
        using var anna = await _server.RegisterAsync("anna@example.com");
        using var http = await CookieOfAsync("anna@example.com");

        await AssertAnswersAsync(http, one => one.Status);
    }

    /// <summary>No browser adds a token by itself. What is no JSON is refused by the endpoint.</summary>
    [Fact]
    public async Task Change_WithAToken_MayComeFromAnywhere()
    {
        using var anna = await _server.RegisterAsync("anna@example.com");

        await AssertAnswersAsync(anna.Http, one => one.Type.StartsWith(Json, StringComparison.Ordinal) ? HttpStatusCode.OK : HttpStatusCode.UnsupportedMediaType);
    }

    /// <summary>Endpoints that read no body would not look at its type themselves.</summary>
    [Theory]
    [InlineData(Form)]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task Form_ToAnEndpointThatReadsNoBody_Gets415(string type)
    {
        using var http = TestUser.Client(_server);
        using var body = new StringContent("", MediaTypeHeaderValue.Parse(type));

        using var response = await http.PostAsync("/api/account/logout", body, Token);

        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Theory]
    [InlineData("POST", "/api/account/login")]
    [InlineData("POST", "/api/account/register")]
    [InlineData("POST", "/api/account/token")]
    [InlineData("POST", "/api/account/logout")]
    [InlineData("POST", "/api/account/password")]
    [InlineData("PUT", "/api/account/pin")]
    [InlineData("DELETE", "/api/account/pin")]
    [InlineData("PATCH", "/api/account")]
    [InlineData("POST", "/api/todos")]
    [InlineData("DELETE", "/api/todos/0b0f4b2e-6a57-8c1e-9d5a-2f6f0c1d7e88")]
    [InlineData("POST", "/nothing/here")]
    public async Task Any_OfAnotherPage_Gets403AsAProblem(string method, string path)
    {
        using var http = TestUser.Client(_server);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Origin", "https://evil.example");

        using var response = await http.SendAsync(request, Token);

        Assert.Equal((HttpStatusCode.Forbidden, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    private async Task AssertAnswersAsync(HttpClient http, Func<(string? Origin, string? Site, string Type, HttpStatusCode Status), HttpStatusCode> expected)
    {
        foreach (var one in Requests)
        {
            Assert.Equal((one, expected(one)), (one, await ChangeAsync(http, one.Origin, one.Site, one.Type)));
        }
    }

    private async Task<HttpStatusCode> ChangeAsync(HttpClient http, string? origin, string? site, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, "/api/account") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes("""{"name":"Anna"}""")) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        var own = _server.Address.GetLeftPart(UriPartial.Authority);
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin == "own.evil.example" ? own + ".evil.example" : origin == "own" ? own : origin);
        }

        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        using var response = await http.SendAsync(request, Token);
        return response.StatusCode;
    }

    private async Task<HttpClient> CookieOfAsync(string email)
    {
        var http = TestUser.Client(_server);
        using var body = new StringContent($$"""{"email":"{{email}}","password":"{{TestUser.Password}}"}""", Encoding.UTF8, Json);
        using var response = await http.PostAsync("/api/account/login", body, Token);
        http.DefaultRequestHeaders.Add("Cookie", response.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        return http;
    }
}
