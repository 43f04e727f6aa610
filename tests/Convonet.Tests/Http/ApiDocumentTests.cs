using System.Text.Json;
using System.Text.RegularExpressions;
using Convonet.Tests.Fakes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Http;

/// <summary>The document that describes the API, and the page that shows it.</summary>
public sealed partial class ApiDocumentTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private HttpClient _http = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _http = TestUser.Client(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Document_EveryEndpointUnderApi_IsInIt()
    {
        var described = (await OperationsAsync()).Select(one => $"{one.Method} {one.Path}").ToHashSet();
        var mapped = _server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText?.StartsWith("/api/", StringComparison.Ordinal) is true)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText!.TrimEnd('/')}") ?? [])
            .ToHashSet();

        Assert.Contains("PATCH /api/teams/{id}/members/{user_id}", described);
        Assert.Superset(mapped, described);
    }

    /// <summary>Not 400 because of a parameter that the document names, and 400 because of one that it does not.</summary>
    [Fact]
    public async Task Query_WithAParameterThatIsNotInTheDocument_IsRefusedByItsName()
    {
        var asked = 0;
        foreach (var (method, path, operation) in (await OperationsAsync()).Where(one => one.Method == "GET"))
        {
            var named = operation.TryGetProperty("parameters", out var all) ? all.EnumerateArray().Where(one => one.GetProperty("in").GetString() == "query").Select(one => one.GetProperty("name").GetString()!).ToArray() : [];
            var address = UnknownId().Replace(path, $"{Guid.Empty}");

            // The others first, so that nothing but the strange one can be what is refused.
            using var answer = await _http.GetAsync($"{address}?{string.Concat(named.Select(name => $"{name}=1&"))}strange=1", Token);
            var problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Token));

            Assert.True(answer.StatusCode == System.Net.HttpStatusCode.BadRequest, $"{method} {path}: {answer.StatusCode}");
            asked += problem.GetProperty("errors").TryGetProperty("strange", out var why) ? 1 : 0;
            Assert.All(named, name => Assert.DoesNotContain($"There is no parameter '{name}'", problem.ToString(), StringComparison.Ordinal));
            Assert.True(why.ValueKind == JsonValueKind.Undefined || named.All(name => why[0].GetString()!.Contains(name, StringComparison.Ordinal)), $"{path}: {why}");
        }

        Assert.True(asked > 15, $"{asked}");
    }

    [Fact]
    public async Task Document_EveryOperation_SaysWhatItDoesAnswersAndNeeds()
    {
        var operations = await OperationsAsync();

        Assert.All(operations, one =>
        {
            Assert.NotEmpty(one.Operation.GetProperty("summary").GetString()!);
            Assert.NotEmpty(one.Operation.GetProperty("tags").EnumerateArray());
            var answers = one.Operation.GetProperty("responses");
            var (status, success) = answers.EnumerateObject().Select(answer => (answer.Name, answer.Value)).Single(answer => answer.Name[0] == '2');
            Assert.True(status == "204" || success.TryGetProperty("content", out _), $"{one.Method} {one.Path} does not say what it answers.");
            foreach (var error in answers.EnumerateObject().Where(answer => answer.Name[0] == '4'))
            {
                Assert.True(error.Value.GetProperty("content").TryGetProperty("application/problem+json", out _), $"{one.Method} {one.Path}: {error.Name}");
                Assert.NotEmpty(error.Value.GetProperty("description").GetString()!);
            }

            var isOpen = !one.Operation.TryGetProperty("security", out var security);
            Assert.True(isOpen || security.EnumerateArray().SelectMany(way => way.EnumerateObject()).Select(way => way.Name).SequenceEqual(["cookie", "bearer"]));
            Assert.Equal(!isOpen, answers.TryGetProperty("401", out _) && security.ValueKind != JsonValueKind.Undefined);
        });
        Assert.Equal(operations.Count, operations.Select(one => one.Operation.GetProperty("operationId").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Document_OnlyWhatIsAboutSigningIn_NeedsNoSignIn()
    {
        var open = (await OperationsAsync()).Where(one => !one.Operation.TryGetProperty("security", out _)).Select(one => one.Path).Distinct();

        Assert.All(open, path => Assert.True(path.StartsWith("/api/account", StringComparison.Ordinal) || path == "/api/calendar.ics", path));
    }

    /// <summary>Parameters that are no text: integers, booleans, dates.</summary>
    [Fact]
    public async Task Parameters_OfWhichTheValueDoesNotFit_AreNamed()
    {
        var parameters =
            from one in await OperationsAsync()
            where one.Method == "GET" && one.Operation.TryGetProperty("parameters", out _)
            from parameter in one.Operation.GetProperty("parameters").EnumerateArray()
            where parameter.GetProperty("in").GetString() == "query" && !IsText(parameter.GetProperty("schema"))
            select (one.Path, Name: parameter.GetProperty("name").GetString()!);
        var named = new List<string>();

        foreach (var (path, name) in parameters)
        {
            using var answer = await _http.GetAsync($"{path.TrimStart('/')}?{name}=wrong", Token);
            var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement;
            Assert.True(problem.TryGetProperty("errors", out var errors) && errors.TryGetProperty(name, out _), $"{path}, {name}: {problem}");
            named.Add(name);
        }

        Assert.Superset(new HashSet<string> { "include_done", "limit", "page", "from" }, named.ToHashSet());

        static bool IsText(JsonElement schema) => !schema.TryGetProperty("format", out _) && schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() == "string";
    }

    [Fact]
    public async Task Document_Todos_AreDescribedAsTheyAre()
    {
        var document = await DocumentAsync();
        var schemas = document.GetProperty("components").GetProperty("schemas");
        var post = document.GetProperty("paths").GetProperty("/api/todos").GetProperty("post");

        Assert.Equal("#/components/schemas/NewTodo", post.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString());
        Assert.Equal(["title"], schemas.GetProperty("NewTodo").GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(JsonValueKind.False, schemas.GetProperty("NewTodo").GetProperty("additionalProperties").ValueKind);
        Assert.False(schemas.GetProperty("TodoView").TryGetProperty("additionalProperties", out _));
        Assert.Equal(["low", "medium", "high", "urgent"], schemas.GetProperty("Importance").GetProperty("enum").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("uuid", document.GetProperty("paths").GetProperty("/api/todos/{id}").GetProperty("get").GetProperty("parameters")[0].GetProperty("schema").GetProperty("format").GetString());
        Assert.Equal("convonet_session", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("cookie").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Page_EachRequest_RunsItsOwnScriptsAndItsNoncesAlone()
    {
        var nonces = new List<string>();
        for (var request = 0; request < 2; request++)
        {
            using var response = await _http.GetAsync("/scalar/", Token);
            var html = await response.Content.ReadAsStringAsync(Token);
            var policy = response.Headers.GetValues("Content-Security-Policy").Single();
            nonces.Add(Nonce().Match(policy).Groups[1].Value);

            Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
            Assert.DoesNotMatch("unsafe-eval|https?:|[*]|script-src[^;]*unsafe", policy);
            Assert.Contains("connect-src 'self';", policy, StringComparison.Ordinal);
            Assert.All(Regex.Matches(html, "<script[^>]*>"), script => Assert.Contains($"nonce=\"{nonces[request]}\"", script.Value, StringComparison.Ordinal));
            Assert.DoesNotContain("http", html, StringComparison.Ordinal);
        }

        Assert.NotEqual(nonces[0], nonces[1]);
        Assert.Equal(32, nonces[0].Length);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/providers")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/scalarx")]
    public async Task Policy_OfOtherPages_IsAsStrictAsBefore(string path)
    {
        using var response = await _http.GetAsync(path, Token);

        Assert.DoesNotContain("unsafe", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    private async Task<JsonElement> DocumentAsync() => JsonElement.Parse(await _http.GetStringAsync("/openapi/v1.json", Token));

    private async Task<List<(string Method, string Path, JsonElement Operation)>> OperationsAsync() =>
    [
        .. from path in (await DocumentAsync()).GetProperty("paths").EnumerateObject()
           from operation in path.Value.EnumerateObject()
           select (operation.Name.ToUpperInvariant(), path.Name, operation.Value),
    ];

    [GeneratedRegex("script-src 'self' 'nonce-([^']+)';")]
    private static partial Regex Nonce();

    [GeneratedRegex(@"\{[a-z_]+\}")]
    private static partial Regex UnknownId();
}
