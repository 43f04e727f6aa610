using System.Net.Http.Json;
using System.Text.Json;
using Convonet.Models;
using Convonet.Tests.Fakes;
using Convonet.Tools;

namespace Convonet.Tests.Security;

/// <summary>A server with two users who have nothing to do with each other, and one of each thing for both.</summary>
internal sealed class TwoUsers : IAsyncDisposable
{
    /// <summary>Stands in everything that is Bob's; where Anna reads it, something has leaked.</summary>
    public const string Canary = "bobs-canary";

    private readonly TestDatabase _database;
    private VoiceClient? _voice;

    private TwoUsers(TestDatabase database, TestServer server, TestUser anna, TestUser bob) => (_database, Server, Anna, Bob) = (database, server, anna, bob);

    public TestServer Server { get; }

    /// <summary>The one who tries.</summary>
    public TestUser Anna { get; }

    /// <summary>The other one.</summary>
    public TestUser Bob { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TwoUsers> StartAsync(string databaseKind)
    {
        var database = await TestDatabase.CreateAsync(databaseKind);
        var server = await TestServer.StartAsync([.. database.Arguments, "--Convonet:Transport:FramesPerSecond", "10000", "--Convonet:Transport:FrameBurst", "10000"]);
        return new TwoUsers(database, server, await server.RegisterAsync("anna@example.com", "Anna"), await server.RegisterAsync("bob@example.com", Canary));
    }

    /// <summary>Makes a thing and gives its id.</summary>
    public static async Task<string> MakeAsync(TestUser user, string kind, string title)
    {
        if (kind == "conversations")
        {
            return await TalkAsync(user, title);
        }

        object body = kind switch
        {
            "todos" => new { title },
            "reminders" => new { text = title },
            "calendar-events" => new { title, event_from = "2026-12-01T10:00", event_to = "2026-12-01T11:00" },
            "teams" => new { name = title },
            _ => throw new ArgumentException($"Nobody knows how to make {kind}.", nameof(kind)),
        };
        using var response = await user.Http.PostAsJsonAsync($"api/{kind}", body, Token);
        var made = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, $"{kind}: {made}");
        return JsonElement.Parse(made).GetProperty("id").GetString()!;
    }

    /// <summary>Says something, and gives the conversation's id. The server's model must have something to answer.</summary>
    private static async Task<string> TalkAsync(TestUser user, string text)
    {
        using var voice = await user.ConnectAsync();
        await voice.AskAsync(text);
        return (await voice.UntilAsync("agent_response"))[^1]["conversation"] ?? voice.Conversation;
    }

    /// <summary>Makes a change and gives its id.</summary>
    public static async Task<string> ChangeAsync(TestUser user)
    {
        await MakeAsync(user, "todos", user.Email);
        var changes = await user.Http.GetFromJsonAsync<JsonElement>("api/changes", Token);
        return changes[0].GetProperty("id").GetString()!;
    }

    /// <summary>Runs a tool for Anna, in a turn of hers through the socket.</summary>
    public async Task<ToolResult> RunAsync(string tool, string arguments)
    {
        _voice ??= await Anna.ConnectAsync();
        Server.Model.Step().Call(tool, arguments);
        Server.Model.Says("Done.");
        await _voice.AskAsync($"Use {tool}.");
        var end = (await _voice.UntilAsync("agent_response"))[^1];
        Assert.Equal("completed", end["outcome"]);
        var told = Assert.IsType<HistoryItem.ToolResults>(Server.Model.Requests[^1].History[^1]);
        return Assert.Single(told.Results);
    }

    public async ValueTask DisposeAsync()
    {
        _voice?.Dispose();
        Anna.Dispose();
        Bob.Dispose();
        await Server.DisposeAsync();
        await _database.DisposeAsync();
    }
}
