using System.Net.Http.Json;
using System.Text.Json;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Answers;

/// <summary>Answers that are given again, and those that must not be.</summary>
public sealed class AnswerCacheTests
{
    private static readonly string[] Own = ["--Convonet:Cache:FirstTurns", "true", "--Convonet:Prices:Models:first-1:Input", "1"];
    private static readonly string[] Common = ["--Convonet:Cache:Questions:0", "What can you do?"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FirstTurn_AskedAgainByTheSameUser_IsAnOrdinaryTurnWithoutAModel()
    {
        await using var server = await TestServer.StartAsync(Own);
        server.Model.Step().Text("I write ").Text("things down, and I remind you of them in time.").Usage(100, 10);

        var first = await AskAsync(server, "Who are you?");
        var again = await AskAsync(server, " who ARE you");

        Assert.Single(server.Model.Requests);
        Assert.Equal((first[^1]["text"], "completed", "first", "first-1"), (again[^1]["text"], again[^1]["outcome"], again[^1]["provider"], again[^1]["model"]));
        Assert.Equal("""{"input_tokens":0,"output_tokens":0,"cached_input_tokens":0,"cost":0,"currency":"USD","cached":true}""", again[^1]["usage"]);
        Assert.Equal("accepted", again[0].Name);
        Assert.Equal(again[^1]["text"], string.Concat(again.Where(one => one.Name == "agent_stream_chunk").Select(one => one["text"])));
        Assert.Equal(Enumerable.Range(1, again.Count).Select(number => (long?)number), again.Select(one => one.Seq));
        using var http = TestUser.Client(server);
        var kinds = JsonElement.Parse(await http.GetStringAsync("/api/usage?by=provider", Token)).GetProperty("entries").EnumerateArray();
        Assert.Equal([("answer", "0.0001"), ("replayed", "0")], kinds.Select(one => (one.GetProperty("kind").GetString(), one.GetProperty("sums").GetProperty("cost").ToString())));
    }

    /// <summary>What is deleted is not said again.</summary>
    [Fact]
    public async Task FirstTurn_OfAConversationThatWasDeleted_IsNotGivenAgain()
    {
        await using var server = await TestServer.StartAsync(Own);
        server.Model.Says("A helper.").Says("Asked anew.");
        var first = await AskAsync(server, "Who are you?");
        var replayed = await AskAsync(server, "Who are you?");
        using var http = TestUser.Client(server);

        using var deleted = await http.DeleteAsync($"/api/conversations/{first[0]["conversation"]}", Token);
        var again = await AskAsync(server, "Who are you?");

        Assert.True(deleted.IsSuccessStatusCode);
        Assert.Equal(("A helper.", "Asked anew."), (replayed[^1]["text"], again[^1]["text"]));
    }

    [Fact]
    public async Task SecondTurn_OfAReplayedConversation_HasTheAnswerInItsHistory()
    {
        await using var server = await TestServer.StartAsync(Own);
        server.Model.Says("A helper.").Says("Once more.");
        await AskAsync(server, "Who are you?");
        using var client = await VoiceClient.ConnectAsync(server);

        await client.AskAsync("Who are you?");
        await client.UntilAsync(one => one.EndsTurn(1));
        await client.AskAsync("Who are you?");
        await client.UntilAsync(one => one.EndsTurn(2));

        Assert.Equal(2, server.Model.Requests.Count);
        Assert.Equal("A helper.", string.Concat(((HistoryItem.AssistantMessage)server.Model.Requests[1].History[1]).Parts.OfType<AssistantPart.Text>().Select(part => part.Value)));
    }

    [Fact]
    public async Task FirstTurn_OfAnotherUserOfTheSameName_AsksTheModel()
    {
        await using var server = await TestServer.StartAsync(Own);
        server.Model.Says("Hello Anna.").Says("Hello again.");
        using var anna = await server.RegisterAsync("anna@example.com");
        using var other = await server.RegisterAsync("anna@example.org");

        var first = await AskAsync(server, "Hello", anna);
        var second = await AskAsync(server, "Hello", other);

        Assert.Equal(("Hello Anna.", "Hello again."), (first[^1]["text"], second[^1]["text"]));
    }

    [Theory]
    [InlineData("The time is 10:41.")]
    [InlineData("Call 117.")]
    public async Task FirstTurn_WithAFigure_IsNotKept(string answer)
    {
        await using var server = await TestServer.StartAsync(Own);
        server.Model.Says(answer).Says("Later.");

        await AskAsync(server, "What now?");

        Assert.Equal("Later.", (await AskAsync(server, "What now?"))[^1]["text"]);
    }

    [Fact]
    public async Task FirstTurn_ThatUsedATool_IsNotKept()
    {
        await using var server = await TestServer.StartAsync(Own, tools: [ToolFactory.Create(() => "seen", "look", "Looks.")]);
        server.Model.Step().Call("look");
        server.Model.Says("Nothing there.").Says("Something there.");

        await AskAsync(server, "What is there?");

        Assert.Equal("Something there.", (await AskAsync(server, "What is there?"))[^1]["text"]);
    }

    [Fact]
    public async Task FirstTurn_OfAUserWhoSaysSo_AsksTheModelEachTime()
    {
        await using var server = await TestServer.StartAsync([.. Own, .. Common], script: model => model.Says("Everything.").Says("Hello.").Says("Hello again.").Says("A lot."));
        using var anna = await server.RegisterAsync("anna@example.com");
        await WarmAsync(server);
        await AskAsync(server, "Hello", anna);

        using var changed = await anna.Http.PatchAsJsonAsync("/api/account", new { answers_anew = true }, Token);
        var (hello, common) = (await AskAsync(server, "Hello", anna), await AskAsync(server, "What can you do?", anna));

        Assert.True(JsonElement.Parse(await changed.Content.ReadAsStringAsync(Token)).GetProperty("answers_anew").GetBoolean());
        Assert.Equal(("Hello again.", "A lot."), (hello[^1]["text"], common[^1]["text"]));
    }

    [Fact]
    public async Task CommonQuestion_AnsweredAtTheStart_IsGivenToEverybody()
    {
        await using var server = await TestServer.StartAsync(Common, script: model => model.Says("I keep lists."));
        await WarmAsync(server);
        using var anna = await server.RegisterAsync("anna@example.com");
        using var ben = await server.RegisterAsync("ben@example.com", "Ben", "Asia/Tokyo");

        var (one, other) = (await AskAsync(server, "what can you do", anna), await AskAsync(server, "What can you do?", ben));

        Assert.Equal(("I keep lists.", "I keep lists."), (one[^1]["text"], other[^1]["text"]));
        var asked = Assert.Single(server.Model.Requests);
        Assert.Equal("", asked.Moment);
        Assert.DoesNotContain("Anna", asked.SystemPrompt, StringComparison.Ordinal);
    }

    /// <summary>What one server has asked, the others need not ask: Redis has it.</summary>
    [Fact]
    public async Task CommonQuestion_ThatAnotherServerHasAsked_IsGivenWithoutAModel()
    {
        var redis = TestCluster.Redis();
        var question = $"What can you do, {Guid.NewGuid():N}?";
        string[] settings = ["--Convonet:Cache:Questions:0", question, "--Convonet:Cache:Redis", redis];
        await using (var first = await TestServer.StartAsync(settings, script: model => model.Says("I keep lists.")))
        {
            await WarmAsync(first);
        }

        await using var second = await TestServer.StartAsync(settings);
        await WarmAsync(second);
        var answer = await AskAsync(second, question);

        Assert.Equal("I keep lists.", answer[^1]["text"]);
        Assert.Empty(second.Model.Requests);
    }

    [Fact]
    public async Task CommonQuestion_ThatTheModelWantsAToolFor_IsNotKept()
    {
        await using var server = await TestServer.StartAsync(Common, script: model =>
        {
            model.Step().Call("get_todos");
            model.Says("Lists.");
        });
        await WarmAsync(server, 0);

        Assert.Equal("Lists.", (await AskAsync(server, "What can you do?"))[^1]["text"]);
    }

    /// <summary>Waits until the questions were asked.</summary>
    private static Task WarmAsync(TestServer server, int ready = 1) =>
        server.Log.WaitForAsync($"Answers to {ready} of 1 common questions are ready.");

    private static async Task<List<WireEvent>> AskAsync(TestServer server, string question, TestUser? user = null)
    {
        using var client = user is null ? await VoiceClient.ConnectAsync(server) : await user.ConnectAsync();
        await client.AskAsync(question);
        var told = await client.UntilAsync(one => one.EndsTurn(1));
        await client.CloseAsync();

        // The answer is told first, and put into the cache then.
        var conversation = server.Services.GetRequiredService<LocalConversationDirectory>().Find(client.Conversation, (user?.Id ?? server.OwnerId).ToString())!;
        while (conversation.IdleTime == TimeSpan.Zero)
        {
            await Task.Yield();
        }

        return told;
    }
}
