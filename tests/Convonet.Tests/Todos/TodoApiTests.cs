using System.Net;
using System.Text;
using System.Text.Json;
using Convonet.Conversations;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Todos;

/// <summary>Todos over HTTP, with two users.</summary>
public sealed class TodoApiTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private TestUser _anna = null!;
    private TestUser _ben = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _anna = await _server.RegisterAsync("anna@example.com");
        _ben = await _server.RegisterAsync("ben@example.com", "Ben Beispiel");
    }

    public async ValueTask DisposeAsync()
    {
        _anna.Dispose();
        _ben.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Todo_FromCreateToDelete_IsItsOwnersAlone()
    {
        var (created, todo) = await SendAsync(_anna, HttpMethod.Post, "/api/todos", """{"title":"buy milk","priority":"high","due_date":"2026-11-26"}""");
        var path = $"/api/todos/{todo.GetProperty("id").GetString()}";
        var (changed, after) = await SendAsync(_anna, HttpMethod.Patch, path, """{"due_date":null,"completed":true,"description":"fresh"}""");
        var (_, all) = await SendAsync(_anna, HttpMethod.Get, "/api/todos?include_done=true");
        var (_, open) = await SendAsync(_anna, HttpMethod.Get, "/api/todos");
        var (_, foreign) = await SendAsync(_ben, HttpMethod.Get, "/api/todos?include_done=true");
        var (deleted, _) = await SendAsync(_anna, HttpMethod.Delete, path);
        var (gone, _) = await SendAsync(_anna, HttpMethod.Get, path);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.NotFound), (created, changed, deleted, gone));
        Assert.Equal(("buy milk", "high", "2026-11-26"), (Text(todo, "title"), Text(todo, "priority"), Text(todo, "due_date")));
        Assert.Equal(("buy milk", "high", null, "fresh"), (Text(after, "title"), Text(after, "priority"), Text(after, "due_date"), Text(after, "description")));
        Assert.Equal((1, 0, 0), (all.GetArrayLength(), open.GetArrayLength(), foreign.GetArrayLength()));
    }

    [Fact]
    public async Task Todo_ForeignUnknownOrMalformedId_IsTheSame404()
    {
        var (_, foreign) = await SendAsync(_ben, HttpMethod.Post, "/api/todos", """{"title":"Ben's own"}""");
        var answers = new List<string>();

        foreach (var id in new[] { Text(foreign, "id")!, Guid.NewGuid().ToString(), "17", "%20" })
        {
            foreach (var (method, body) in new (HttpMethod, string?)[] { (HttpMethod.Get, null), (HttpMethod.Patch, """{"completed":true}"""), (HttpMethod.Delete, null) })
            {
                var (status, problem) = await SendAsync(_anna, method, $"/api/todos/{id}", body);
                answers.Add($"{status} {problem}");
            }
        }

        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        Assert.Contains("There is no todo with this id.", answers[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("[]", "")]
    [InlineData("{", "")]
    [InlineData("{}", "title")]
    [InlineData("""{"title":null}""", "title")]
    [InlineData("""{"title":7}""", "title")]
    [InlineData("""{"title":" "}""", "title")]
    [InlineData("""{"title":"a","user_id":"7f1fd5a6-5a87-4a2b-9a4e-5b4c2d0f6a11"}""", "user_id")]
    [InlineData("""{"title":"a","priority":"enormous"}""", "priority")]
    [InlineData("""{"title":"a","priority":3}""", "priority")]
    [InlineData("""{"title":"a","due_date":"tomorow"}""", "due_date")]
    [InlineData("""{"title":"a","team_id":"ops"}""", "team_id")]
    [InlineData("""{"title":"a","assignee_id":"7f1fd5a6-5a87-4a2b-9a4e-5b4c2d0f6a11"}""", "assignee_id")]
    public async Task Create_WrongInput_Is400WithTheField(string body, string field)
    {
        var (status, problem) = await SendAsync(_anna, HttpMethod.Post, "/api/todos", body);

        Assert.Equal((HttpStatusCode.BadRequest, 400), (status, problem.GetProperty("status").GetInt32()));
        Assert.NotEmpty(Text(problem, "detail")!);
        Assert.Equal(field, problem.TryGetProperty("errors", out var errors) ? errors.EnumerateObject().Single().Name : "");
        Assert.DoesNotContain("Convonet.", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_ByHand_TellsThePagesOfTheUser()
    {
        var told = new List<SessionEvent>();
        using var page = _server.Services.GetRequiredService<UserFeed>().Subscribe(_anna.Id, one =>
        {
            told.Add(one);
            return true;
        });

        await SendAsync(_anna, HttpMethod.Post, "/api/todos", """{"title":"buy milk"}""");
        await SendAsync(_ben, HttpMethod.Post, "/api/todos", """{"title":"buy bread"}""");

        var change = Assert.IsType<SessionEvent.DataChanged>(Assert.Single(told));
        Assert.Equal(("todo", "Added “buy milk”.", null), (Assert.Single(change.Kinds), change.Change?.Summary, change.Change?.Tool));
    }

    private static string? Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(TestUser who, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await who.Http.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        if (!response.IsSuccessStatusCode)
        {
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }

        return (response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }
}
