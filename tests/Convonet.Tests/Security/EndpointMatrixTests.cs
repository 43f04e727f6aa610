using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Convonet.Tests.Fakes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Security;

/// <summary>Every endpoint and every event that takes an id, with an own one, another's, a random one and nonsense. The table is read off the server's own routes.</summary>
public sealed class EndpointMatrixTests
{
    private const string Malformed = "17%27--";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Endpoints_IdsOfOthersAndOfNothing_GetTheSameAnswer(string database)
    {
        await using var users = await TwoUsers.StartAsync(database);
        using var carl = await users.Server.RegisterAsync("carl@example.com", "Carl");
        users.Server.Model.Otherwise = static _ => new ScriptedStep().Text("Yes.");
        var (faults, tried) = (new List<string>(), 0);
        foreach (var (method, pattern, ids) in EndpointsWithIds(users.Server))
        {
            foreach (var varied in Enumerable.Range(0, ids.Length))
            {
                tried++;
                var foreign = await AskAsync(users, carl, method, pattern, varied, kind => IdAsync(users, users.Bob, kind));
                var random = await AskAsync(users, carl, method, pattern, varied, static _ => Task.FromResult($"{Guid.NewGuid()}"));
                var malformed = await AskAsync(users, carl, method, pattern, varied, static _ => Task.FromResult(Malformed));
                var own = await AskAsync(users, carl, method, pattern, varied, null);
                if (foreign != random || malformed != random || random.Status != HttpStatusCode.NotFound)
                {
                    faults.Add($"{method} {pattern} (id {varied}): foreign {foreign}, random {random}, malformed {malformed}");
                }

                if (own.Status is not (HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.NoContent))
                {
                    faults.Add($"{method} {pattern} (id {varied}): own {own}");
                }
            }
        }

        Assert.Empty(faults);
        Assert.InRange(tried, 15, 200);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Lists_OfOneUser_HoldNothingOfTheOther(string database)
    {
        await using var users = await TwoUsers.StartAsync(database);
        users.Server.Model.Says("Yes.");
        foreach (var kind in new[] { "todos", "reminders", "calendar-events", "teams", "conversations" })
        {
            await TwoUsers.MakeAsync(users.Bob, kind, TwoUsers.Canary);
        }

        var read = 0;
        foreach (var (method, pattern) in Endpoints(users.Server).Where(one => one.Method == "GET" && !one.Pattern.Contains('{', StringComparison.Ordinal)))
        {
            read++;
            using var response = await users.Anna.Http.GetAsync(pattern.TrimStart('/') + "?from=2026-11-01&to=2026-12-31&search=canary&duration_minutes=30&include_done=true", Token);
            Assert.True((int)response.StatusCode < 500, $"{method} {pattern}: {response.StatusCode}");
            Assert.DoesNotContain(TwoUsers.Canary, await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }

        Assert.InRange(read, 8, 50);
    }

    [Fact]
    public async Task Endpoints_WithoutASignIn_AreClosed()
    {
        await using var server = await TestServer.StartAsync(TestServer.Beyond);
        using var http = TestUser.Client(server);
        var open = new List<string>();
        foreach (var (method, pattern) in Endpoints(server))
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), pattern.Replace("{id}", $"{Guid.NewGuid()}", StringComparison.Ordinal).TrimStart('/'));
            request.Content = method == "GET" ? null : JsonContent.Create(new { });
            using var response = await http.SendAsync(request, Token);
            if (response.StatusCode != HttpStatusCode.Unauthorized)
            {
                open.Add($"{method} {pattern}");
            }
        }

        // What one must reach to sign in (where it does not answer 401 itself), and the calendar behind its secret link.
        string[] meant = ["POST /api/account/register", "POST /api/account/login", "POST /api/account/token", "POST /api/account/refresh", "GET /api/calendar.ics"];
        Assert.Empty(open.Except(meant));
        Assert.Contains("POST /api/account/register", open);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Events_WithIdsOfOthersAndOfNothing_GetTheSameAnswer(string database)
    {
        await using var users = await TwoUsers.StartAsync(database);
        users.Server.Model.Says(TwoUsers.Canary);
        using var bob = await users.Bob.ConnectAsync();
        await bob.AskAsync("Hello");
        var conversation = (await bob.UntilAsync("agent_response"))[0]["conversation"]!;
        using var anna = await users.Anna.ConnectAsync();

        var answers = new List<string>();
        foreach (var id in new[] { conversation, "c_" + new string('0', 32), "nonsense" })
        {
            await anna.SendAsync("resume", new { conversation = id, after = 0, epoch = 1 });
            answers.Add((await anna.NextAsync()).Raw);
        }

        foreach (var id in new[] { "call_1_0_0", "nonsense" })
        {
            await anna.SendAsync("confirm", new { id, yes = true });
            answers.Add((await anna.NextAsync()).Raw);
        }

        Assert.Single(answers.Take(3).Distinct());
        Assert.Single(answers.Skip(3).Distinct());
        Assert.Contains("unknown_conversation", answers[0], StringComparison.Ordinal);
        Assert.Contains("unknown_call", answers[3], StringComparison.Ordinal);
    }

    private static IEnumerable<(string Method, string Pattern)> Endpoints(TestServer server) =>
        from endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let pattern = "/" + endpoint.RoutePattern.RawText!.Trim('/')
        where pattern.StartsWith("/api/", StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
        select (method, pattern);

    /// <summary>Ids in a path; names of MCP servers are none.</summary>
    private static IEnumerable<(string Method, string Pattern, string[] Ids)> EndpointsWithIds(TestServer server) =>
        from endpoint in Endpoints(server)
        let ids = endpoint.Pattern.Split('/').Where(part => part.StartsWith('{')).ToArray()
        where ids.Length > 0 && !endpoint.Pattern.Contains("{server}", StringComparison.Ordinal)
        select (endpoint.Method, endpoint.Pattern, ids);

    /// <summary>Asks as Anna, with own ids but for one; with her own only when there is no other.</summary>
    private static async Task<Answer> AskAsync(TwoUsers users, TestUser carl, string method, string pattern, int varied, Func<string, Task<string>>? other)
    {
        var (parts, place, kind, team) = (pattern.Split('/'), 0, "", "");
        for (var index = 0; index < parts.Length; index++)
        {
            if (!parts[index].StartsWith('{'))
            {
                kind = parts[index];
                continue;
            }

            if (place++ == varied && other is not null)
            {
                parts[index] = await other(kind);
            }
            else if (kind == "members")
            {
                parts[index] = await MemberAsync(users, carl, team);
            }
            else
            {
                parts[index] = team = await IdAsync(users, users.Anna, kind);
            }
        }

        using var request = new HttpRequestMessage(new HttpMethod(method), string.Join('/', parts).TrimStart('/'));
        request.Content = BodyOf(method, pattern) is { } body ? JsonContent.Create(body) : null;
        using var response = await users.Anna.Http.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.DoesNotContain(TwoUsers.Canary, text, StringComparison.Ordinal);
        return new Answer(response.StatusCode, WithoutTrace(text));
    }

    /// <summary>A body with which the request would do something; a new endpoint needs its own here.</summary>
    private static object? BodyOf(string method, string pattern) => (method, pattern.Split('/')[2], pattern.Contains("/members", StringComparison.Ordinal)) switch
    {
        ("GET" or "DELETE", _, _) or ("POST", "changes", _) => null,
        ("PATCH", "todos" or "calendar-events" or "conversations", _) => new { title = "Changed" },
        ("PATCH", "reminders", _) => new { text = "Changed" },
        ("POST", "teams", true) => new { email = "carl@example.com", role = "member" },
        ("PATCH", "teams", true) => new { role = "viewer" },
        _ => throw new ArgumentException($"Nobody knows what to send to {method} {pattern}."),
    };

    /// <summary>Carl, in Anna's team when it is one of hers.</summary>
    private static async Task<string> MemberAsync(TwoUsers users, TestUser carl, string team)
    {
        if (team.Length > 0)
        {
            using var added = await users.Anna.Http.PostAsJsonAsync($"api/teams/{team}/members", new { email = carl.Email }, Token);
            Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        }

        return carl.Id.ToString();
    }

    private static Task<string> IdAsync(TwoUsers users, TestUser user, string kind) => kind switch
    {
        "changes" => TwoUsers.ChangeAsync(user),
        "members" => Task.FromResult(user.Id.ToString()),
        _ => TwoUsers.MakeAsync(user, kind, user == users.Bob ? $"{TwoUsers.Canary} {Guid.NewGuid():N}" : $"Annas {Guid.NewGuid():N}"),
    };

    private static string WithoutTrace(string body)
    {
        if (!body.StartsWith('{'))
        {
            return body;
        }

        var json = JsonNode.Parse(body)!.AsObject();
        json.Remove("traceId");
        json.Remove("trace_id");
        return json.ToJsonString();
    }

    private sealed record Answer(HttpStatusCode Status, string Body);
}
