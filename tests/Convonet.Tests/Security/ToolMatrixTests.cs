using System.Text.Json;
using System.Text.Json.Nodes;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Security;

/// <summary>Every tool with right and wrong arguments of each kind. A tool without a row in the table fails here.</summary>
public sealed class ToolMatrixTests
{
    private const string Nobody = "5f0f4b2e-6a57-8c1e-9d5a-2f6f0c1d7e88";

    /// <summary>
    /// Right arguments. <c>@kind</c> stands for the id of a new thing of Anna's, <c>@@kind</c>, in the tests, for one of Bob's. Order matters: what a row makes, a later one finds.
    /// </summary>
    private static readonly (string Tool, string Arguments)[] Right =
    [
        ("create_todo", """{"title":"milk","description":"fresh","priority":"high","due_date":"2026-12-01","team_id":"@teams","assignee_id":"@me"}"""),
        ("get_todos", "{}"),
        ("complete_todo", """{"id":"@todos"}"""),
        ("update_todo", """{"id":"@todos","title":"oat milk","description":"","priority":"low","due_date":"2026-12-01T15:00","completed":true}"""),
        ("delete_todo", """{"id":"@todos"}"""),
        ("create_reminder", """{"reminder_text":"call","importance":"high","reminder_date":"2036-12-01T10:00"}"""),
        ("get_reminders", "{}"),
        ("update_reminder", """{"id":"@reminders","reminder_text":"call her","importance":"low","reminder_date":"2036-12-02T10:00"}"""),
        ("delete_reminder", """{"id":"@reminders"}"""),
        ("create_calendar_event", """{"title":"lunch","event_from":"2026-12-01T12:00","event_to":"2026-12-01T13:00","description":"here","recurrence":"weekly"}"""),
        ("get_calendar_events", """{"from":"2026-12-01","to":"2026-12-02"}"""),
        ("update_calendar_event", """{"id":"@calendar-events","title":"late lunch","event_from":"2026-12-01T13:00","event_to":"2026-12-01T14:00","description":"","recurrence":"none"}"""),
        ("delete_calendar_event", """{"id":"@calendar-events"}"""),
        ("find_free_time", """{"duration_minutes":30,"from":"2026-12-01","to":"2026-12-02","earliest":"09:00","latest":"17:00"}"""),
        ("get_agenda", """{"from":"2026-12-01","to":"2026-12-02"}"""),
        ("get_time", "{}"),
        ("get_teams", "{}"),
        ("create_team", """{"name":"Garden","description":"green"}"""),
        ("get_team_members", """{"team_id":"@teams"}"""),
        ("create_team_todo", """{"title":"dig","team_id":"@teams","description":"deep","priority":"low","assignee_id":"@me","due_date":"2026-12-01"}"""),
        ("add_team_member", """{"team_name":"Garden","email":"carl@example.com","role":"member"}"""),
        ("change_member_role", """{"team_name":"Garden","email":"carl@example.com","new_role":"viewer"}"""),
        ("remove_team_member", """{"team_name":"Garden","email":"carl@example.com"}"""),
        ("search_users", """{"search_term":"anna"}"""),
    ];

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Tools_RightAndWrongArguments_EachGetsItsAnswer(string database)
    {
        await using var users = await TwoUsers.StartAsync(database);
        using var carl = await users.Server.RegisterAsync("carl@example.com", "Carl");
        var faults = new List<string>();
        var tools = users.Server.Services.GetRequiredService<ToolCatalog>().All;
        Assert.Equal(tools.Select(tool => tool.Name).Order(), Right.Select(row => row.Tool).Order());

        foreach (var (name, template) in Right)
        {
            var tool = tools.Single(one => one.Name == name);
            var right = await FillAsync(users, template);
            Check(faults, await users.RunAsync(name, right.ToJsonString()), ToolOutcome.Ok, "right");
            foreach (var (wrong, what) in WrongForms(tool, right))
            {
                Check(faults, await users.RunAsync(name, wrong), ToolOutcome.Error, what);
            }
        }

        Assert.Empty(faults);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Tools_IdsOfOthersAndOfNothing_GetTheSameAnswer(string database)
    {
        await using var users = await TwoUsers.StartAsync(database);
        using var carl = await users.Server.RegisterAsync("carl@example.com", "Carl");
        await users.RunAsync("create_team", """{"name":"Garden"}""");
        var (faults, tried) = (new List<string>(), 0);
        foreach (var (tool, template) in Right.Where(row => row.Arguments.Contains('@', StringComparison.Ordinal)))
        {
            foreach (var (property, kind) in IdsIn(template))
            {
                var arguments = await FillAsync(users, template);
                var others = kind == "me" ? users.Bob.Id.ToString() : await TwoUsers.MakeAsync(users.Bob, kind, $"{TwoUsers.Canary} {++tried}");
                var before = await BobsAsync(users);
                var foreign = await users.RunAsync(tool, With(arguments, property, others));
                var nothing = await users.RunAsync(tool, With(arguments, property, Nobody));
                var malformed = await users.RunAsync(tool, With(arguments, property, "17"));
                Check(faults, foreign, ToolOutcome.Error, $"{property} of another");
                Check(faults, malformed, ToolOutcome.Error, $"{property} malformed");
                if (foreign.Content != nothing.Content)
                {
                    faults.Add($"{tool}: another's {property} says '{foreign.Content}', none says '{nothing.Content}'");
                }

                if (await BobsAsync(users) is var after && after != before)
                {
                    faults.Add($"{tool}: another's {property} changed '{before}' to '{after}'");
                }
            }
        }

        Assert.Empty(faults);
        Assert.InRange(tried, 8, 100);
        Assert.Contains(TwoUsers.Canary, await BobsAsync(users), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Tools_TeamNames_ExactFirstThenUniquePartAndForeignIsUnknown(string database)
    {
        await using var users = await TwoUsers.StartAsync(database);
        using var carl = await users.Server.RegisterAsync("carl@example.com", "Carl");
        foreach (var name in new[] { "Ops North", "Ops South", "Sales", "Sales Asia" })
        {
            await TwoUsers.MakeAsync(users.Anna, "teams", name);
        }

        await TwoUsers.MakeAsync(users.Bob, "teams", TwoUsers.Canary);
        foreach (var tool in Right.Where(row => row.Arguments.Contains("team_name", StringComparison.Ordinal)))
        {
            var arguments = JsonNode.Parse(tool.Arguments)!.AsObject();
            var ambiguous = await users.RunAsync(tool.Tool, With(arguments, "team_name", "Ops"));
            var foreign = await users.RunAsync(tool.Tool, With(arguments, "team_name", TwoUsers.Canary));
            var none = await users.RunAsync(tool.Tool, With(arguments, "team_name", "nowhere"));
            var exact = await users.RunAsync(tool.Tool, With(arguments, "team_name", "sales"));
            var part = await users.RunAsync(tool.Tool, With(arguments, "team_name", "north"));

            Assert.Equal(ToolOutcome.Error, ambiguous.Outcome);
            Assert.All(["Ops North", "Ops South"], name => Assert.Contains(name, ambiguous.Content, StringComparison.Ordinal));
            Assert.Equal(ToolOutcome.Error, foreign.Outcome);
            Assert.Equal(none.Content, foreign.Content.Replace(TwoUsers.Canary, "nowhere", StringComparison.Ordinal));
            Assert.True(exact.Outcome == ToolOutcome.Ok, exact.Content);
            Assert.True(part.Outcome == ToolOutcome.Ok, part.Content);
        }
    }

    /// <summary>All that is Bob's, as Bob is told of it.</summary>
    private static async Task<string> BobsAsync(TwoUsers users)
    {
        var told = new List<string>();
        foreach (var list in new[] { "todos?include_done=true", "reminders", "calendar-events?from=2026-11-01&to=2027-02-01", "teams", "changes", "account" })
        {
            told.Add(await users.Bob.Http.GetStringAsync($"api/{list}", TestContext.Current.CancellationToken));
        }

        return string.Join('\n', told);
    }

    private static void Check(List<string> faults, ToolResult result, ToolOutcome expected, string what)
    {
        if (result.Outcome != expected || result.Content.Contains(TwoUsers.Canary, StringComparison.Ordinal) || result.Content.EndsWith(" failed.", StringComparison.Ordinal))
        {
            faults.Add($"{result.Name} ({what}): {result.Outcome}: {result.Content}");
        }
    }

    /// <summary>Each required field left out; each field with a value of another type.</summary>
    private static IEnumerable<(string Arguments, string What)> WrongForms(AIFunction tool, JsonObject right)
    {
        var schema = tool.JsonSchema;
        foreach (var required in schema.TryGetProperty("required", out var list) ? list.EnumerateArray().Select(one => one.GetString()!) : [])
        {
            var without = right.DeepClone().AsObject();
            without.Remove(required);
            yield return (without.ToJsonString(), $"without {required}");
        }

        foreach (var property in schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().Select(one => one.Name) : [])
        {
            yield return (With(right, property, new JsonArray(1, 2)), $"{property} of another type");
        }

        yield return ("[]", "no object");
        yield return ("{", "no JSON");
    }

    private static string With(JsonObject arguments, string property, JsonNode value)
    {
        var changed = arguments.DeepClone().AsObject();
        changed[property] = value;
        return changed.ToJsonString();
    }

    private static IEnumerable<(string Property, string Kind)> IdsIn(string template) => JsonElement.Parse(template).EnumerateObject()
        .Where(one => one.Value.ValueKind == JsonValueKind.String && one.Value.GetString()!.StartsWith('@'))
        .Select(one => (one.Name, one.Value.GetString()![1..]));

    private static async Task<JsonObject> FillAsync(TwoUsers users, string template)
    {
        var arguments = JsonNode.Parse(template)!.AsObject();
        foreach (var (property, kind) in IdsIn(template))
        {
            arguments[property] = kind == "me" ? users.Anna.Id.ToString() : await TwoUsers.MakeAsync(users.Anna, kind, $"Annas {Guid.NewGuid():N}");
        }

        return arguments;
    }
}
