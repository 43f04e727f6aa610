using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Convonet.Server.Conversations;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Conversations;

/// <summary>Conversations as things of their user: listed, searched, named, taken away, deleted.</summary>
public sealed class ConversationApiTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task List_TwoConversations_HasTheNewestFirstAndIsSearched(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await using var server = await TestServer.StartAsync(database: database, script: model => model.Says("It rains in BERN.").Says("Milk."));
        using var http = TestUser.Client(server);
        var weather = await TalkAsync(server, "What is the weather like today in the city where I live, please?");
        var milk = await TalkAsync(server, "Add 100% milk");

        var all = await ListAsync(http, "");

        Assert.Equal([milk, weather], all.Select(one => one.GetProperty("id").GetString()));
        Assert.Equal(["Add 100% milk", "What is the weather like today in the city where I live,…"], all.Select(one => one.GetProperty("title").GetString()));
        Assert.Equal(1, all[0].GetProperty("turns").GetInt32());
        Assert.Equal([weather], Ids(await ListAsync(http, "?search=bern")));
        Assert.Equal([milk], Ids(await ListAsync(http, "?search=100%25%20MILK")));
        Assert.Empty(await ListAsync(http, "?search=%25x"));
        if (kind == TestDatabase.Sqlite)
        {
            // On PostgreSQL the database's own collation says which letters are the same.
            using var renamed = await http.PatchAsJsonAsync($"api/conversations/{milk}", new { title = "Äpfel" }, Token);
            Assert.Equal([milk], Ids(await ListAsync(http, "?search=ÄPFEL")));
            Assert.Equal([milk], Ids(await ListAsync(http, "?search=äpf")));
        }

        Assert.Equal([milk], Ids(await ListAsync(http, "?limit=1")));
        Assert.Equal([weather], Ids(await ListAsync(http, $"?before={all[0].GetProperty("used_at").GetString()}")));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task List_PageEndsBetweenTwoOfTheSameMoment_LosesAndDoublesNone(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await using var server = await TestServer.StartAsync(database: database, time: new FakeTimeProvider(DateTimeOffset.UtcNow), script: model => model.Otherwise = _ => new ScriptedStep().Text("Yes."));
        using var http = TestUser.Client(server);
        var made = new List<string>();
        for (var number = 0; number < 5; number++)
        {
            made.Add(await TalkAsync(server, "Hello"));
        }

        var listed = new List<JsonElement>();
        for (var pages = 0; pages < 4; pages++)
        {
            var last = listed.Count == 0 ? "" : $"&before={listed[^1].GetProperty("used_at").GetString()}&before_id={listed[^1].GetProperty("id").GetString()}";
            listed.AddRange(await ListAsync(http, $"?limit=2{last}"));
        }

        Assert.Single(listed.Select(one => one.GetProperty("used_at").GetString()).Distinct());
        Assert.Equal(made.Order(StringComparer.Ordinal), Ids([.. listed]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=101", "limit")]
    [InlineData("?before=yesterday", "before")]
    public async Task List_WhatCannotBeMeant_NamesTheField(string query, string field)
    {
        await using var server = await TestServer.StartAsync();
        using var http = TestUser.Client(server);

        using var response = await http.GetAsync($"api/conversations{query}", Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True((await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Rename_ATitle_IsShownAndTold()
    {
        await using var server = await TestServer.StartAsync(script: model => model.Says("Yes."));
        using var http = TestUser.Client(server);
        var id = await TalkAsync(server, "Hello");
        using var watcher = await VoiceClient.ConnectAsync(server);
        watcher.HearsOfConversations = true;

        using var renamed = await http.PatchAsJsonAsync($"api/conversations/{id}", new { title = "  Plans  " }, Token);
        using var empty = await http.PatchAsJsonAsync($"api/conversations/{id}", new { title = " " }, Token);
        using var tooLong = await http.PatchAsJsonAsync($"api/conversations/{id}", new { title = new string('x', 121) }, Token);

        Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
        Assert.Equal("Plans", (await ListAsync(http, ""))[0].GetProperty("title").GetString());
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (empty.StatusCode, tooLong.StatusCode));
        var told = (await watcher.UntilAsync("data_changed"))[^1];
        Assert.Equal("conversation", told.Data.GetProperty("kinds")[0].GetString());
    }

    [Fact]
    public async Task Message_TheFirstOfAConversation_IsToldToOtherConnectionsOnce()
    {
        await using var server = await TestServer.StartAsync(script: model => model.Says("Yes.").Says("Again."));
        using var http = TestUser.Client(server);
        using var watcher = await VoiceClient.ConnectAsync(server);
        watcher.HearsOfConversations = true;
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("Hello");
        await client.UntilAsync("agent_response");
        await client.AskAsync("And again");
        await client.UntilAsync("agent_response");

        // Whatever comes after it was told after all that the two messages told.
        using var made = await http.PostAsJsonAsync("api/todos", new { title = "milk" }, Token);
        var told = await watcher.UntilAsync(one => one.Name == "data_changed" && one.Data.GetProperty("kinds")[0].GetString() == "todo");

        Assert.Equal(["conversation", "todo"], told.Select(one => one.Data.GetProperty("kinds")[0].GetString()));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Delete_AConversation_LeavesNothingOfItAndSendsItsClientsAway(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await using var server = await TestServer.StartAsync(database: database);
        server.Model.Step().Call("create_todo", """{"title":"milk"}""");
        server.Model.Says("Done.").Says("New.");
        using var http = TestUser.Client(server);
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("Secret plan", "m1");
        await client.UntilAsync("agent_response");

        using var deleted = await http.DeleteAsync($"api/conversations/{client.Conversation}", Token);
        var (_, events) = await client.UntilClosedAsync();
        using var again = await VoiceClient.ConnectAsync(server);
        await again.SendAsync("resume", new { conversation = client.Conversation, after = 0, epoch = 1 });
        var refused = (await again.UntilAsync("error"))[^1];

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal("going_away", events[^1].Name);
        Assert.Equal("unknown_conversation", refused["code"]);
        Assert.Empty(await ListAsync(http, ""));
        await using var db = await server.Services.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContextAsync(Token);
        Assert.Equal(
            (0, 0, 0, 0, 0),
            (await db.Conversations.CountAsync(Token), await db.Turns.CountAsync(Token), await db.Steps.CountAsync(Token), await db.Calls.CountAsync(Token), await db.Results.CountAsync(Token)));
        Assert.Equal(["milk"], await db.Todos.Select(todo => todo.Title).ToArrayAsync(Token));
        await again.AskAsync("Hello", "m2");
        Assert.Equal("New.", (await again.UntilAsync("agent_response"))[^1]["text"]);
    }

    [Fact]
    public async Task Delete_WhileItsTurnRuns_DoesNotComeBack()
    {
        var gate = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(script: model => model.Step().Text("Half").Wait(gate.Task).Text(" done."));
        using var http = TestUser.Client(server);
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("Long story");
        await client.UntilAsync("agent_stream_chunk");

        using var deleted = await http.DeleteAsync($"api/conversations/{client.Conversation}", Token);
        gate.SetResult();
        await client.UntilClosedAsync();

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Empty(await ListAsync(http, ""));
    }

    [Fact]
    public async Task Export_AConversation_HoldsAllThatWasSaidAndDone()
    {
        await using var server = await TestServer.StartAsync();
        server.Model.Step().Text("I write it down.").Call("create_todo", """{"title":"milk"}""");
        server.Model.Says("Done.");
        using var http = TestUser.Client(server);
        var id = await TalkAsync(server, "Milk\nplease");

        var json = await http.GetFromJsonAsync<JsonElement>($"api/conversations/{id}/export", Token);
        using var markdown = await http.GetAsync($"api/conversations/{id}/export?format=markdown", Token);
        using var other = await http.GetAsync($"api/conversations/{id}/export?format=pdf", Token);

        var turn = Assert.Single(json.GetProperty("turns").EnumerateArray());
        Assert.Equal(("Milk\nplease", "completed"), (turn.GetProperty("user").GetString(), turn.GetProperty("outcome").GetString()));
        var tool = Assert.Single(turn.GetProperty("tools").EnumerateArray());
        Assert.Equal(("create_todo", "milk", "ok"), (tool.GetProperty("name").GetString(), tool.GetProperty("arguments").GetProperty("title").GetString(), tool.GetProperty("outcome").GetString()));
        var text = await markdown.Content.ReadAsStringAsync(Token);
        Assert.StartsWith("# Milk please\n", text, StringComparison.Ordinal);
        Assert.Contains("**You:**\n\nMilk\nplease\n\n**Assistant:**\n\n- `create_todo` (ok): ", text, StringComparison.Ordinal);
        Assert.Equal(("text/markdown", "conversation.md"), (markdown.Content.Headers.ContentType!.MediaType, markdown.Content.Headers.ContentDisposition!.FileName));
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Changes_OfAConversation_AreThoseOfItsCallsAndCanBeTakenBack(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await using var server = await TestServer.StartAsync([.. database.Arguments, .. TestServer.Beyond], script: model =>
        {
            foreach (var title in new[] { "milk", "bread" })
            {
                model.Step().Call("create_todo", $$"""{"title":"{{title}}"}""");
                model.Says("Done.");
            }
        });
        using var anna = await server.RegisterAsync("anna@example.com");
        using var bob = await server.RegisterAsync("bob@example.com");
        var conversations = new List<string>();
        foreach (var words in new[] { "Milk", "Bread" })
        {
            using var client = await anna.ConnectAsync();
            await client.AskAsync(words);
            await client.UntilAsync("agent_response");
            conversations.Add(client.Conversation);
        }

        var change = Assert.Single(await ChangesAsync(anna, conversations[0]));
        using var undone = await anna.Http.PostAsync($"api/changes/{change.GetProperty("id").GetString()}/undo", null, Token);

        Assert.Equal(("Added “milk”.", "call_1_0_0", true), (change.GetProperty("summary").GetString(), change.GetProperty("call_id").GetString(), change.GetProperty("can_undo").GetBoolean()));
        Assert.Equal(HttpStatusCode.OK, undone.StatusCode);
        Assert.True(Assert.Single(await ChangesAsync(anna, conversations[0])).GetProperty("undone").GetBoolean());
        Assert.Empty(await ChangesAsync(bob, conversations[0]));
        Assert.Empty(await ChangesAsync(anna, "c_nothing"));
    }

    [Theory]
    [InlineData("  Hello\n there ", "Hello there")]
    [InlineData("", "")]
    [InlineData("123456789 123456789 123456789 123456789 123456789 123456789 1", "123456789 123456789 123456789 123456789 123456789 123456789…")]
    public void TitleOf_AMessage_IsHowItBegins(string message, string title) => Assert.Equal(title, ConversationLibrary.TitleOf(message));

    [Theory]
    [InlineData("x")]
    [InlineData("😀")]
    public void TitleOf_OneLongWord_IsCut(string part)
    {
        var title = ConversationLibrary.TitleOf("a" + string.Concat(Enumerable.Repeat(part, 100)));

        Assert.InRange(title.Length, 50, 61);
        Assert.EndsWith(part + "…", title, StringComparison.Ordinal);
    }

    private static async Task<JsonElement[]> ChangesAsync(TestUser user, string conversation) => (await user.Http.GetFromJsonAsync<JsonElement[]>($"api/changes?conversation={conversation}", Token))!;

    private static async Task<string> TalkAsync(TestServer server, string text)
    {
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync(text);
        await client.UntilAsync("agent_response");
        return client.Conversation;
    }

    private static async Task<JsonElement[]> ListAsync(HttpClient http, string query) => (await http.GetFromJsonAsync<JsonElement[]>($"api/conversations{query}", Token))!;

    private static IEnumerable<string?> Ids(JsonElement[] list) => list.Select(one => one.GetProperty("id").GetString());
}
