using Convonet.Models;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Extensions.AI;

namespace Convonet.Tests.Models;

/// <summary>A conversation that comes back from the store goes to providers as the same bytes: otherwise their prompt caches would be lost with each restart.</summary>
public sealed class KeptPrefixTests
{
    private const string Moment = "Now: 2026-11-25T10:00+01:00 (Wednesday), time zone Europe/Zurich.";

    private static readonly AIFunction[] Tools =
    [
        ToolFactory.Create((string what) => $"sunny in {what}", "look", "Looks."),
        ToolFactory.Create(() => new { Count = 3, Names = (string[])["a", "é"] }, "count", "Counts."),
    ];

    [Fact]
    public async Task Request_AfterARestart_BeginsWithTheSameBytes()
    {
        var database = await TestDatabase.CreateAsync();
        IReadOnlyList<HistoryItem> live;
        string conversation;
        await using (var server = await TestServer.StartAsync(database: database, tools: Tools))
        {
            using var client = await VoiceClient.ConnectAsync(server);
            server.Model.Step().Text("Let me ", new ProviderData("gemini", """{ "thoughtSignature": "ab+/c=" }""")).Text("look. ").Call("look", """{ "what":  "Zürich \u00e9" }""", new ProviderData("gemini", """{"thoughtSignature":"de=="}""")).Call("count");
            server.Model.Says("It is \"sunny\".\n").Says("Bye.");
            await client.AskAsync("Weather?");
            conversation = (await client.UntilAsync(one => one.EndsTurn(1)))[0]["conversation"]!;
            await client.AskAsync("Thanks");
            await client.UntilAsync(one => one.EndsTurn(2));
            live = server.Model.Requests[^1].History;
        }

        await using (var next = await TestServer.StartAsync(database: database, tools: Tools))
        {
            using var client = await VoiceClient.ConnectAsync(next);
            await client.SendAsync("resume", new { conversation, after = 0, epoch = 1 });
            await client.UntilAsync("snapshot");
            next.Model.Says("Hello.");
            await client.AskAsync("Hello again");
            await client.UntilAsync(one => one.EndsTurn(3));
            IReadOnlyList<HistoryItem> kept = [.. next.Model.Requests[^1].History.Take(live.Count)];

            foreach (var provider in new[] { "claude", "gemini", "chat", "compatible", "responses" })
            {
                Assert.Equal(await PromptPrefixTests.SendAsync(provider, live, Moment), await PromptPrefixTests.SendAsync(provider, kept, Moment));
            }
        }

        await database.DisposeAsync();
    }
}
