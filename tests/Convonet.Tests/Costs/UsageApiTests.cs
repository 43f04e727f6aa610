using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Costs;

/// <summary>Use and budgets as clients see them.</summary>
public sealed class UsageApiTests
{
    private static readonly string[] Prices = ["--Convonet:Prices:Models:first-1:Input", "1", "--Convonet:Prices:Models:first-1:Output", "2", "--Convonet:Prices:Currency", "CHF"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Usage_AfterTurns_IsTheUsersAloneByDayConversationAndProvider()
    {
        await using var server = await TestServer.StartAsync(Prices);
        using var anna = await server.RegisterAsync("anna@example.com");
        using var ben = await server.RegisterAsync("ben@example.com", "Ben");
        using var client = await anna.ConnectAsync();
        server.Model.Step().Text("Hi.").Usage(1_000, 10);
        server.Other.Step().Text("Ho.").Usage(5, 5);

        await client.AskAsync("Hello");
        var first = (await client.UntilAsync(one => one.EndsTurn(1)))[^1];
        await client.SendAsync("set_provider", new { provider = "second" });
        await client.AskAsync("And you?");
        var second = (await client.UntilAsync(one => one.EndsTurn(2)))[^1];

        Assert.Equal("""{"input_tokens":1000,"output_tokens":10,"cached_input_tokens":0,"cost":0.00102,"currency":"CHF"}""", first["usage"]);
        Assert.Equal("""{"input_tokens":5,"output_tokens":5,"cached_input_tokens":0}""", second["usage"]);
        var days = await GetAsync(anna, "/api/usage");
        Assert.Equal(("CHF", 1, 2, 1005, "0.00102", true, false), Summary(days));
        Assert.Equal(client.Conversation, (await GetAsync(anna, "/api/usage?by=conversation")).GetProperty("entries")[0].GetProperty("conversation").GetString());
        var providers = await GetAsync(anna, "/api/usage?by=provider&limit=1");
        Assert.Equal(("first", "first-1", "answer"), (Text(providers, "provider"), Text(providers, "model"), Text(providers, "kind")));
        Assert.True(providers.GetProperty("more").GetBoolean());
        Assert.Equal("second", Text(await GetAsync(anna, "/api/usage?by=provider&limit=1&page=2"), "provider"));
        Assert.Equal(("CHF", 0, 0, 0, "0", false, false), Summary(await GetAsync(ben, "/api/usage")));
    }

    [Theory]
    [InlineData("by=hour", "by")]
    [InlineData("from=2026-11-02&to=2026-11-01", "from")]
    [InlineData("from=2024-01-01&to=2026-11-01", "from")]
    [InlineData("page=0", "page")]
    [InlineData("limit=101", "limit")]
    public async Task Usage_AskedWrongly_SaysWhatIsWrong(string query, string field)
    {
        await using var server = await TestServer.StartAsync();
        using var http = TestUser.Client(server);

        using var response = await http.GetAsync($"/api/usage?{query}", Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal([field], JsonElement.Parse(await response.Content.ReadAsStringAsync(Token)).GetProperty("errors").EnumerateObject().Select(one => one.Name));
    }

    [Theory]
    [InlineData("0001-01-01", "0001-01-01")]
    [InlineData("0001-01-29", "0001-01-01")]
    [InlineData("0001-01-30", "0001-01-01")]
    [InlineData("9999-12-31", "9999-12-02")]
    public async Task Usage_UpToAnyDay_IsOfThirtyDaysAtMost(string to, string from)
    {
        await using var server = await TestServer.StartAsync();
        using var http = TestUser.Client(server);

        var page = JsonElement.Parse(await http.GetStringAsync($"/api/usage?to={to}", Token));

        Assert.Equal((from, to), (page.GetProperty("from").GetString(), page.GetProperty("to").GetString()));
    }

    [Fact]
    public async Task Budget_UsedUp_RefusesTheNextTurnPolitely()
    {
        await using var server = await TestServer.StartAsync([.. Prices, "--Convonet:Budget:PerUserPerDay:Money", "0.001"]);
        using var client = await VoiceClient.ConnectAsync(server);
        server.Model.Step().Text("Hi.").Usage(1_000, 10);

        await client.AskAsync("Hello");
        await client.UntilAsync(one => one.EndsTurn(1));
        await client.AskAsync("Again");
        var end = (await client.UntilAsync(one => one.EndsTurn(2)))[^1];

        Assert.Equal(("False", "failed", "budget_spent"), (end["success"], end["outcome"], end.Data.GetProperty("error").GetProperty("code").GetString()));
        Assert.Single(server.Model.Requests);
        using var http = TestUser.Client(server);
        Assert.Equal(
            """{"tokens_today":1010,"cost_today":0.00102,"tokens":null,"cost":0.001,"spent":true}""",
            JsonElement.Parse(await http.GetStringAsync("/api/usage", Token)).GetProperty("budget").GetRawText());
    }

    [Fact]
    public async Task Budget_UsedUp_StaysSoInEveryTimeZone()
    {
        await using var server = await TestServer.StartAsync(["--Convonet:Budget:PerUserPerDay:Tokens", "1000"]);
        using var anna = await server.RegisterAsync("anna@example.com");
        server.Model.Otherwise = _ => new ScriptedStep().Text("Hi.").Usage(1_000, 10);
        using var client = await anna.ConnectAsync();
        var outcomes = new List<string?>();
        foreach (var zone in new[] { "Etc/UTC", "Pacific/Kiritimati", "Etc/GMT+12", "Etc/UTC" })
        {
            using var changed = await anna.Http.PatchAsJsonAsync("/api/account", new { time_zone = zone }, Token);
            Assert.True(changed.IsSuccessStatusCode);
            await client.AskAsync("Hello");
            outcomes.Add((await client.UntilAsync(one => one.EndsTurn(outcomes.Count + 1)))[^1]["outcome"]);
        }

        Assert.Equal(["completed", "failed", "failed", "failed"], outcomes);
    }

    [Fact]
    public async Task Snapshot_OfAKeptConversation_TellsWhatItsTurnsUsed()
    {
        var database = await TestDatabase.CreateAsync();
        string conversation;
        await using (var server = await TestServer.StartAsync(Prices, database: database))
        {
            using var client = await VoiceClient.ConnectAsync(server);
            server.Model.Step().Text("Hi.").Usage(1_000, 10);
            await client.AskAsync("Hello");
            conversation = (await client.UntilAsync("agent_response"))[0]["conversation"]!;
        }

        await using (var next = await TestServer.StartAsync(Prices, database: database))
        {
            using var client = await VoiceClient.ConnectAsync(next);
            await client.SendAsync("resume", new { conversation, after = 0, epoch = 0 });
            var snapshot = (await client.UntilAsync("snapshot"))[^1];
            Assert.Equal("""{"input_tokens":1000,"output_tokens":10,"cached_input_tokens":0,"cost":0.00102,"currency":"CHF"}""", snapshot.Data.GetProperty("turns")[0].GetProperty("usage").GetRawText());
        }

        await database.DisposeAsync();
    }

    [Theory]
    [InlineData("Budget:PerUserPerDay:Money", "-1", "Convonet:Budget:PerUserPerDay:Money must be between 0 and 1,000,000.")]
    [InlineData("Budget:PerUserPerDay:Tokens", "-1", "Convonet:Budget:PerUserPerDay:Tokens must not be below 0.")]
    [InlineData("Prices:Models:gpt-6-luna:Input", "-0.1", "Convonet:Prices:Models:gpt-6-luna:Input must be between 0 and 100,000.")]
    [InlineData("Cache:Questions:0", " ", "Convonet:Cache:Questions:0 must have from 1 to 500 characters.")]
    [InlineData("Cache:OwnLifetime", "02:00:00", "The field OwnLifetime must be between 00:00:01 and 01:00:00.")]
    [InlineData("Cache:Redis", "abortConnect=maybe", "Convonet:Cache:Redis is not an address of Redis, for example localhost:6379.")]
    public async Task Start_WithAWrongSetting_SaysWhich(string setting, string value, string message)
    {
        var error = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => TestServer.StartAsync([$"--Convonet:{setting}", value]));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static (string? Currency, int Entries, int Calls, int Input, string Cost, bool Incomplete, bool More) Summary(JsonElement page)
    {
        var total = page.GetProperty("total");
        return (
            page.GetProperty("currency").GetString(), page.GetProperty("entries").GetArrayLength(), total.GetProperty("calls").GetInt32(), total.GetProperty("input_tokens").GetInt32(),
            total.GetProperty("cost").ToString(), total.GetProperty("incomplete").GetBoolean(), page.GetProperty("more").GetBoolean());
    }

    private static string? Text(JsonElement page, string field) => page.GetProperty("entries")[0].GetProperty(field).GetString();

    private static async Task<JsonElement> GetAsync(TestUser user, string path) => JsonElement.Parse(await user.Http.GetStringAsync(path, Token));
}
