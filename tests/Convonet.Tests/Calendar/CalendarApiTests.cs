using System.Net;
using System.Text;
using System.Text.Json;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Convonet.Tests.Calendar;

/// <summary>Events, reminders, agenda, free time and the calendar's link over HTTP, with two users.</summary>
public sealed class CalendarApiTests : IAsyncLifetime
{
    private const string Lunch = """{"title":"Lunch","event_from":"2030-03-29T12:00","event_to":"2030-03-29T13:00"}""";

    private TestServer _server = null!;
    private TestUser _anna = null!;
    private TestUser _ben = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _anna = await _server.RegisterAsync("anna@example.com");
        _ben = await _server.RegisterAsync("ben@example.com", "Ben Beispiel", "America/New_York");
    }

    public async ValueTask DisposeAsync()
    {
        _anna.Dispose();
        _ben.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Event_FromCreateToDelete_IsItsOwnersAlone()
    {
        var (created, made) = await SendAsync(_anna, HttpMethod.Post, "/api/calendar-events", Lunch);
        var path = $"/api/calendar-events/{Text(made, "id")}";
        var (changed, after) = await SendAsync(_anna, HttpMethod.Patch, path, """{"event_from":"2030-03-30T12:00","recurrence":"daily","description":"Pizza"}""");
        var (_, listed) = await SendAsync(_anna, HttpMethod.Get, "/api/calendar-events?from=2030-03-30&to=2030-04-01");
        var (_, once) = await SendAsync(_anna, HttpMethod.Patch, path, """{"recurrence":null,"description":""}""");
        var (_, foreign) = await SendAsync(_ben, HttpMethod.Get, "/api/calendar-events?from=2030-03-30&to=2030-04-01");
        var (deleted, _) = await SendAsync(_anna, HttpMethod.Delete, path);
        var (gone, _) = await SendAsync(_anna, HttpMethod.Get, path);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.NotFound), (created, changed, deleted, gone));
        Assert.Equal(("2030-03-29T12:00:00", "Europe/Zurich", null), (Text(made, "event_from"), Text(made, "time_zone"), Text(made, "recurrence")));
        Assert.Equal(("2030-03-30T13:00:00", "FREQ=DAILY", "Pizza"), (Text(after, "event_to"), Text(after, "recurrence"), Text(after, "description")));
        Assert.Equal(["2030-03-30T12:00:00", "2030-03-31T12:00:00", "2030-04-01T12:00:00"], listed.EnumerateArray().Select(one => Text(one, "event_from")));
        Assert.Equal((null, null, 0), (Text(once, "recurrence"), Text(once, "description"), foreign.GetArrayLength()));
    }

    [Fact]
    public async Task Reminder_FromCreateToDelete_IsItsOwnersAlone()
    {
        var (created, made) = await SendAsync(_anna, HttpMethod.Post, "/api/reminders", """{"text":"call Ben","importance":"high","remind_at":"2030-03-29T12:00"}""");
        var path = $"/api/reminders/{Text(made, "id")}";
        var (changed, after) = await SendAsync(_anna, HttpMethod.Patch, path, """{"remind_at":null}""");
        var (_, listed) = await SendAsync(_anna, HttpMethod.Get, "/api/reminders");
        var (_, foreign) = await SendAsync(_ben, HttpMethod.Get, "/api/reminders");
        var (deleted, _) = await SendAsync(_anna, HttpMethod.Delete, path);
        var (gone, _) = await SendAsync(_anna, HttpMethod.Get, path);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.NotFound), (created, changed, deleted, gone));
        Assert.Equal(("call Ben", "high", "2030-03-29T12:00:00", false), (Text(made, "text"), Text(made, "importance"), Text(made, "remind_at"), made.GetProperty("delivered").GetBoolean()));
        Assert.Equal(("call Ben", null), (Text(after, "text"), Text(after, "remind_at")));
        Assert.Equal((1, 0), (listed.GetArrayLength(), foreign.GetArrayLength()));
    }

    [Theory]
    [InlineData("/api/calendar-events", Lunch, """{"title":"mine"}""", "There is no event with this id.")]
    [InlineData("/api/reminders", """{"text":"a"}""", """{"text":"mine"}""", "There is no reminder with this id.")]
    public async Task Thing_ForeignUnknownOrMalformedId_IsTheSame404(string path, string create, string patch, string told)
    {
        var (_, foreign) = await SendAsync(_ben, HttpMethod.Post, path, create);
        var answers = new List<string>();

        foreach (var id in new[] { Text(foreign, "id")!, Guid.NewGuid().ToString(), "17", "%20" })
        {
            foreach (var (method, body) in new (HttpMethod, string?)[] { (HttpMethod.Get, null), (HttpMethod.Patch, patch), (HttpMethod.Delete, null) })
            {
                var (status, problem) = await SendAsync(_anna, method, $"{path}/{id}", body);
                answers.Add($"{status} {problem}");
            }
        }

        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        Assert.StartsWith("NotFound", answers[0], StringComparison.Ordinal);
        Assert.Contains(told, answers[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/api/calendar-events", "{}", "title")]
    [InlineData("POST", "/api/calendar-events", """{"title":"a","event_from":"2030-03-29T12:00","event_to":"2030-03-29T11:00"}""", "event_to")]
    [InlineData("POST", "/api/calendar-events", """{"title":"a","event_from":"some day","event_to":"2030-03-29T11:00"}""", "event_from")]
    [InlineData("POST", "/api/calendar-events", """{"title":"a","event_from":"2030-03-29","event_to":"2030-03-29","recurrence":"FREQ=SECONDLY"}""", "recurrence")]
    [InlineData("POST", "/api/calendar-events", """{"title":"a","event_from":"2030-03-29","event_to":"2030-03-29","owner_id":"7f1fd5a6-5a87-4a2b-9a4e-5b4c2d0f6a11"}""", "owner_id")]
    [InlineData("POST", "/api/reminders", """{"text":" "}""", "text")]
    [InlineData("POST", "/api/reminders", """{"text":"a","importance":3}""", "importance")]
    [InlineData("POST", "/api/reminders", """{"text":"a","remind_at":"2001-01-01T00:00"}""", "remind_at")]
    [InlineData("GET", "/api/calendar-events?from=2030-01-02&to=2030-01-01", null, "to")]
    [InlineData("GET", "/api/agenda?from=when", null, "from")]
    [InlineData("GET", "/api/free-time?duration_minutes=0", null, "duration_minutes")]
    [InlineData("GET", "/api/free-time?duration_minutes=30&earliest=dawn", null, "earliest")]
    public async Task Request_WrongInput_Is400WithTheField(string method, string path, string? body, string field)
    {
        var (status, problem) = await SendAsync(_anna, new HttpMethod(method), path, body);

        Assert.Equal((HttpStatusCode.BadRequest, field), (status, problem.GetProperty("errors").EnumerateObject().Single().Name));
    }

    [Fact]
    public async Task AgendaAndFreeTime_OfADay_AreThere()
    {
        await SendAsync(_anna, HttpMethod.Post, "/api/calendar-events", Lunch);
        await SendAsync(_anna, HttpMethod.Post, "/api/reminders", """{"text":"leave","remind_at":"2030-03-29T11:45"}""");
        await SendAsync(_anna, HttpMethod.Post, "/api/todos", """{"title":"rent","due_date":"2030-03-29"}""");

        var (_, agenda) = await SendAsync(_anna, HttpMethod.Get, "/api/agenda?from=2030-03-29");
        var (_, free) = await SendAsync(_anna, HttpMethod.Get, "/api/free-time?duration_minutes=180&from=2030-03-29&latest=18:00");

        Assert.Equal(["todo rent 2030-03-29", "reminder leave 2030-03-29T11:45:00", "event Lunch 2030-03-29T12:00:00"],
            agenda.EnumerateArray().Select(one => $"{Text(one, "kind")} {Text(one, "title")} {Text(one, "from")}"));
        Assert.Equal(["2030-03-29T08:00:00 240", "2030-03-29T13:00:00 300"], free.EnumerateArray().Select(one => $"{Text(one, "from")} {one.GetProperty("minutes").GetInt32()}"));
    }

    [Fact]
    public async Task Link_FromRenewToRemove_OpensTheCalendarAndNothingElse()
    {
        await SendAsync(_anna, HttpMethod.Post, "/api/calendar-events", """{"title":"Lunch, long","event_from":"2030-03-29T12:00","event_to":"2030-03-29T13:00","recurrence":"weekly"}""");
        await SendAsync(_ben, HttpMethod.Post, "/api/calendar-events", """{"title":"Ben's own","event_from":"2030-03-29T12:00","event_to":"2030-03-29T13:00"}""");
        var first = await RenewAsync(_anna);
        using var stranger = TestUser.Client(_server);

        using var fetched = await stranger.GetAsync(first, Token);
        var calendar = Ical.Net.Calendar.Load(await fetched.Content.ReadAsStringAsync(Token))!;
        var second = await RenewAsync(_anna);
        var answers = new List<string>();
        foreach (var link in new[] { first.PathAndQuery, "/api/calendar.ics", "/api/calendar.ics?key=", $"/api/calendar.ics?key={new string('A', 43)}", $"{second.PathAndQuery}x", $"{second.PathAndQuery}&key=x" })
        {
            using var refused = await stranger.GetAsync(link, Token);
            answers.Add($"{refused.StatusCode} {refused.Headers.CacheControl} {await refused.Content.ReadAsStringAsync(Token)}");
        }

        using var works = await stranger.GetAsync(second, Token);
        var (removed, _) = await SendAsync(_anna, HttpMethod.Delete, "/api/calendar-link");
        using var over = await stranger.GetAsync(second, Token);

        Assert.Equal(("text/calendar", "utf-8"), (fetched.Content.Headers.ContentType?.MediaType, fetched.Content.Headers.ContentType?.CharSet));
        Assert.True(fetched.Headers.CacheControl is { Private: true, NoCache: true });
        Assert.Equal(("Lunch, long", "2030-03-29T11:00:00"), (Assert.Single(calendar.Events).Summary, calendar.Events[0]?.DtStart?.AsUtc.ToString("s")));
        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        Assert.StartsWith("NotFound", answers[0], StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.NotFound), (works.StatusCode, removed, over.StatusCode));
    }

    [Fact]
    public async Task Link_Secret_IsLongNotKeptAndNotLogged()
    {
        var link = await RenewAsync(_anna);
        using var stranger = TestUser.Client(_server);
        await stranger.GetStringAsync(link, Token);
        using var wrong = await stranger.GetAsync($"/api/calendar.ics?key={new string('B', 43)}", Token);

        var key = link.Query["?key=".Length..];
        var kept = await _server.Services.GetRequiredService<ConvonetStore>().ReadAsync((db, token) => db.Users.Where(user => user.Id == _anna.Id).Select(user => user.CalendarLinkHash).SingleAsync(token), Token);
        Assert.Equal((43, 64), (key.Length, kept!.Length));
        Assert.DoesNotContain(key, kept, StringComparison.Ordinal);
        Assert.DoesNotContain(_server.Log.Lines(LogLevel.Trace), line => line.Contains(key, StringComparison.Ordinal) || line.Contains("BBBB", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET", "/api/calendar-events")]
    [InlineData("GET", "/api/reminders")]
    [InlineData("GET", "/api/agenda")]
    [InlineData("GET", "/api/free-time?duration_minutes=30")]
    [InlineData("POST", "/api/calendar-link")]
    [InlineData("DELETE", "/api/calendar-link")]
    public async Task Request_WithAWrongToken_Is401(string method, string path)
    {
        using var stranger = TestUser.Client(_server);
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { { "Authorization", "Bearer wrong" } } };
        using var response = await stranger.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private static async Task<Uri> RenewAsync(TestUser who)
    {
        var (status, link) = await SendAsync(who, HttpMethod.Post, "/api/calendar-link");
        Assert.Equal(HttpStatusCode.OK, status);
        return new Uri(Text(link, "url")!);
    }

    private static string? Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(TestUser who, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await who.Http.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        return (response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }
}
