using System.Net;
using System.Text;
using System.Text.Json;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Teams;

/// <summary>Teams, people and undo over HTTP, with three users.</summary>
public sealed class TeamApiTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private TestUser _anna = null!;
    private TestUser _ben = null!;
    private TestUser _carl = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _anna = await _server.RegisterAsync("anna@example.com");
        _ben = await _server.RegisterAsync("ben@example.com", "Ben Beispiel");
        _carl = await _server.RegisterAsync("carl@example.com", "Carl");
    }

    public async ValueTask DisposeAsync()
    {
        _anna.Dispose();
        _ben.Dispose();
        _carl.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Team_FromCreateToDelete_IsSharedByItsMembersAlone()
    {
        var (_, team) = await SendAsync(_anna, HttpMethod.Post, "/api/teams", """{"name":"Ops","description":"Keeps things running"}""", HttpStatusCode.Created);
        var path = $"/api/teams/{Text(team, "id")}";
        var (_, added) = await SendAsync(_anna, HttpMethod.Post, $"{path}/members", """{"email":"ben@example.com"}""", HttpStatusCode.Created);
        await SendAsync(_anna, HttpMethod.Patch, $"{path}/members/{_ben.Id}", """{"role":"viewer"}""", HttpStatusCode.OK);
        var (_, members) = await SendAsync(_ben, HttpMethod.Get, $"{path}/members", null, HttpStatusCode.OK);
        var (_, seen) = await SendAsync(_ben, HttpMethod.Get, path, null, HttpStatusCode.OK);
        await SendAsync(_ben, HttpMethod.Post, "/api/todos", $$"""{"title":"x","team_id":"{{Text(team, "id")}}"}""", HttpStatusCode.Forbidden);
        await SendAsync(_ben, HttpMethod.Delete, path, null, HttpStatusCode.Forbidden);
        await SendAsync(_ben, HttpMethod.Delete, $"{path}/members/{_anna.Id}", null, HttpStatusCode.Forbidden);
        await SendAsync(_anna, HttpMethod.Delete, $"{path}/members/{_anna.Id}", null, HttpStatusCode.Conflict);
        var (_, foreign) = await SendAsync(_carl, HttpMethod.Get, "/api/teams", null, HttpStatusCode.OK);
        await SendAsync(_anna, HttpMethod.Delete, path, null, HttpStatusCode.NoContent);
        await SendAsync(_ben, HttpMethod.Get, path, null, HttpStatusCode.NotFound);

        Assert.Equal(("Ops", "Keeps things running", "owner"), (Text(team, "name"), Text(team, "description"), Text(team, "role")));
        Assert.Equal((_ben.Id.ToString(), "Ben Beispiel", "ben@example.com", "member"), (Text(added, "user_id"), Text(added, "name"), Text(added, "email"), Text(added, "role")));
        Assert.Equal(["owner", "viewer"], members.EnumerateArray().Select(member => Text(member, "role")));
        Assert.Equal(("viewer", 2), (Text(seen, "role"), seen.GetProperty("members").GetInt32()));
        Assert.Equal(0, foreign.GetArrayLength());
    }

    [Fact]
    public async Task Team_ForeignUnknownOrMalformedId_IsTheSame404()
    {
        var (_, foreign) = await SendAsync(_ben, HttpMethod.Post, "/api/teams", """{"name":"Secret"}""", HttpStatusCode.Created);
        var answers = new List<string>();

        foreach (var id in new[] { Text(foreign, "id"), Guid.NewGuid().ToString(), "17" })
        {
            foreach (var (method, path, body) in new (HttpMethod, string, string?)[]
            {
                (HttpMethod.Get, "", null), (HttpMethod.Delete, "", null), (HttpMethod.Get, "/members", null), (HttpMethod.Post, "/members", """{"email":"ben@example.com"}"""),
                (HttpMethod.Patch, $"/members/{_ben.Id}", """{"role":"owner"}"""), (HttpMethod.Delete, $"/members/{_ben.Id}", null),
            })
            {
                answers.Add((await SendAsync(_anna, method, $"/api/teams/{id}{path}", body, HttpStatusCode.NotFound)).Raw);
            }
        }

        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        Assert.Contains("There is no team with this id.", answers[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Member_NotInTheTeamUnknownOrMalformedId_IsTheSame404()
    {
        var (_, team) = await SendAsync(_anna, HttpMethod.Post, "/api/teams", """{"name":"Ops"}""", HttpStatusCode.Created);
        var answers = new List<string>();

        foreach (var id in new[] { _ben.Id.ToString(), Guid.NewGuid().ToString(), "17" })
        {
            var path = $"/api/teams/{Text(team, "id")}/members/{id}";
            answers.Add((await SendAsync(_anna, HttpMethod.Delete, path, null, HttpStatusCode.NotFound)).Raw);
            answers.Add((await SendAsync(_anna, HttpMethod.Patch, path, """{"role":"viewer"}""", HttpStatusCode.NotFound)).Raw);
        }

        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
    }

    [Theory]
    [InlineData("POST", "/api/teams", """{"name":""}""", "name")]
    [InlineData("POST", "/api/teams", """{}""", "name")]
    [InlineData("POST", "/api/teams", """{"name":"x","owner_id":"7f1fd5a6-5a87-4a2b-9a4e-5b4c2d0f6a11"}""", "owner_id")]
    [InlineData("POST", "/api/teams/TEAM/members", """{"email":"nobody@example.com"}""", "email")]
    [InlineData("POST", "/api/teams/TEAM/members", """{"email":"ben@example.com","role":"king"}""", "role")]
    [InlineData("POST", "/api/teams/TEAM/members", """{"email":"ben@example.com","role":3}""", "role")]
    [InlineData("PATCH", "/api/teams/TEAM/members/ME", """{}""", "role")]
    [InlineData("PATCH", "/api/teams/TEAM/members/ME", """{"role":null}""", "role")]
    [InlineData("GET", "/api/users", null, "search")]
    [InlineData("GET", "/api/users?search=%20", null, "search")]
    [InlineData("GET", "/api/todos?include_done=maybe", null, "include_done")]
    public async Task Input_Wrong_Is400WithTheField(string method, string path, string? body, string field)
    {
        var (_, team) = await SendAsync(_anna, HttpMethod.Post, "/api/teams", """{"name":"Ops"}""", HttpStatusCode.Created);
        path = path.Replace("TEAM", Text(team, "id"), StringComparison.Ordinal).Replace("ME", _anna.Id.ToString(), StringComparison.Ordinal);

        var (_, problem) = await SendAsync(_anna, new HttpMethod(method), path, body, HttpStatusCode.BadRequest);

        Assert.Equal(field, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
        Assert.NotEmpty(Text(problem, "detail"));
    }

    [Fact]
    public async Task Users_Searched_AreOnlyThoseOfTheOwnTeams()
    {
        var (_, team) = await SendAsync(_anna, HttpMethod.Post, "/api/teams", """{"name":"Ops"}""", HttpStatusCode.Created);
        await SendAsync(_anna, HttpMethod.Post, $"/api/teams/{Text(team, "id")}/members", """{"email":"ben@example.com"}""", HttpStatusCode.Created);

        var (_, found) = await SendAsync(_anna, HttpMethod.Get, "/api/users?search=BEN", null, HttpStatusCode.OK);
        var (_, hidden) = await SendAsync(_anna, HttpMethod.Get, "/api/users?search=carl", null, HttpStatusCode.OK);
        var (_, exact) = await SendAsync(_anna, HttpMethod.Get, "/api/users?search=carl%40example.com", null, HttpStatusCode.OK);

        Assert.Equal((_ben.Id.ToString(), "Ben Beispiel", "ben@example.com"), (Text(found[0], "user_id"), Text(found[0], "name"), Text(found[0], "email")));
        Assert.Equal((1, 0, 1), (found.GetArrayLength(), hidden.GetArrayLength(), exact.GetArrayLength()));
    }

    [Fact]
    public async Task Undo_OfTheOwnChange_TakesItBackOnce()
    {
        await SendAsync(_anna, HttpMethod.Post, "/api/todos", """{"title":"buy milk"}""", HttpStatusCode.Created);
        var (_, changes) = await SendAsync(_anna, HttpMethod.Get, "/api/changes", null, HttpStatusCode.OK);
        var path = $"/api/changes/{Text(changes[0], "id")}/undo";

        var foreign = (await SendAsync(_ben, HttpMethod.Post, path, null, HttpStatusCode.NotFound)).Raw;
        var unknown = (await SendAsync(_anna, HttpMethod.Post, $"/api/changes/{Guid.NewGuid()}/undo", null, HttpStatusCode.NotFound)).Raw;
        var malformed = (await SendAsync(_anna, HttpMethod.Post, "/api/changes/17/undo", null, HttpStatusCode.NotFound)).Raw;
        var (_, undo) = await SendAsync(_anna, HttpMethod.Post, path, null, HttpStatusCode.OK);
        var (_, again) = await SendAsync(_anna, HttpMethod.Post, path, null, HttpStatusCode.Conflict);
        var (_, todos) = await SendAsync(_anna, HttpMethod.Get, "/api/todos", null, HttpStatusCode.OK);
        var (_, after) = await SendAsync(_anna, HttpMethod.Get, "/api/changes", null, HttpStatusCode.OK);

        Assert.Equal((foreign, foreign), (unknown, malformed));
        Assert.Equal(("Added “buy milk”.", true, false), (Text(changes[0], "summary"), changes[0].GetProperty("can_undo").GetBoolean(), changes[0].GetProperty("undone").GetBoolean()));
        Assert.Equal("This has been taken back already.", Text(again, "detail"));
        Assert.Equal(0, todos.GetArrayLength());
        Assert.Equal([Text(undo, "id"), Text(changes[0], "id")], after.EnumerateArray().Select(change => Text(change, "id")));
    }

    [Fact]
    public async Task Request_WithoutASignIn_Is401()
    {
        using var http = TestUser.Client(_server);
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer nothing");

        foreach (var path in new[] { "/api/todos", "/api/teams", "/api/users?search=a", "/api/changes" })
        {
            using var response = await http.GetAsync(path, Token);
            Assert.Equal((path, HttpStatusCode.Unauthorized, "application/problem+json"), (path, response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        }
    }

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;

    private static async Task<(string Raw, JsonElement Body)> SendAsync(TestUser who, HttpMethod method, string path, string? body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await who.Http.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.StatusCode == expected, $"{method} {path}: {response.StatusCode} {text}");
        return (text, text.Length == 0 ? default : JsonElement.Parse(text));
    }
}
