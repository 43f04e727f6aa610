using System.Text.Json.Nodes;
using Convonet.Models;
using Convonet.Models.OpenAI;
using Convonet.Tests.Conversations;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Models.OpenAI;

/// <summary>OpenAI's models from GPT-5.6 on find in their prompt cache only what ends at a mark, in a request of the same key.</summary>
public sealed class OpenAIPromptCacheTests
{
    /// <summary>A mark as it is written.</summary>
    internal const string Mark = ""","prompt_cache_breakpoint":{"mode":"explicit"}""";

    private static readonly OpenAIOptions Own = new() { ApiKey = "k", Api = OpenAIApi.Responses };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Turn_OfALongConversation_FindsInTheCacheWhatTheOneBeforePutThere()
    {
        var longest = new List<string>();
        HashSet<string> kept = [];
        for (var turn = 1; turn <= 5; turn++)
        {
            var ends = Ends(await SendAsync(Own, Asked(turn)));
            longest.Add(ends.Where(kept.Contains).MaxBy(static end => end.Length) ?? "");
            Assert.InRange(ends.Count, 1, 4);
            kept.UnionWith(ends);
        }

        // The instructions from the second turn on, and then all that was said up to the last message but one.
        Assert.Equal([false, true, true, true, true], longest.Select(static end => end.Contains("Be brief.", StringComparison.Ordinal)));
        Assert.Equal([false, false, true, true, true], longest.Select(static (end, index) => end.Contains($"Question {index - 1}.", StringComparison.Ordinal)));
        Assert.All(longest, static end => Assert.DoesNotContain("Now:", end));
    }

    [Fact]
    public async Task Step_BehindATool_FindsInTheCacheWhatTheOneBeforePutThere()
    {
        var asked = Asked(3);
        var next = asked with { History = [.. asked.History, .. ModelCalls.MixedHistory.Skip(1).Take(2)] };

        var (before, after) = (Ends(await SendAsync(Own, asked)), Ends(await SendAsync(Own, next)));

        Assert.Contains(before[^1], after);
        Assert.Contains("Question 3.", before[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpt-5.6", true)]
    [InlineData("gpt-5.6-luna-2026-07-09", true)]
    [InlineData("gpt-6", true)]
    [InlineData("gpt-6-luna", true)]
    [InlineData("gpt-6.1-sol", true)]
    [InlineData("gpt-10", true)]
    [InlineData("gpt-5.5", false)]
    [InlineData("gpt-5", false)]
    [InlineData("gpt-5-mini", false)]
    [InlineData("gpt-4.1", false)]
    [InlineData("gpt-4o", false)]
    [InlineData("gpt-6o", false)]
    [InlineData("gpt-oss-120b", false)]
    [InlineData("ft:gpt-6-luna:mine", false)]
    [InlineData("o5", false)]
    public async Task Marks_AreForModelsThatTakeThem(string model, bool takes)
    {
        var body = await SendAsync(new OpenAIOptions { ApiKey = "k", Model = model }, Asked(3));

        Assert.Equal(takes, body.ToJsonString().Contains("prompt_cache_breakpoint", StringComparison.Ordinal));
        Assert.Equal(takes ? null : "Be brief.", body["instructions"]?.GetValue<string>());
    }

    [Theory]
    [InlineData("https://eu.api.openai.com/v1", true, true)]
    [InlineData("https://api.openai.com/v1", false, true)]
    [InlineData("https://mine.openai.azure.com/openai/v1", true, false)]
    [InlineData("http://localhost:11434/v1", true, false)]
    [InlineData("https://api.openai.com.example/v1", true, false)]
    public async Task Cache_AtAnotherAddress_IsNotSpokenOf(string address, bool mayMark, bool isOwn)
    {
        foreach (var api in new[] { OpenAIApi.Responses, OpenAIApi.Chat })
        {
            var body = await SendAsync(new OpenAIOptions { ApiKey = "k", BaseAddress = new Uri(address), Api = api, CacheMarks = mayMark }, Asked(3));

            Assert.Equal(isOwn, body["prompt_cache_key"] is not null);
            Assert.Equal(isOwn && mayMark && api == OpenAIApi.Responses, body.ToJsonString().Contains("prompt_cache_breakpoint", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(OpenAIApi.Responses)]
    [InlineData(OpenAIApi.Chat)]
    public async Task Key_IsTheUsersAndDoesNotTellWho(OpenAIApi api)
    {
        var options = new OpenAIOptions { ApiKey = "k", Api = api };

        var keys = new List<string?>();
        foreach (var user in new[] { "anna", "anna", "ben", "" })
        {
            keys.Add((await SendAsync(options, Asked(keys.Count + 1) with { User = user }))["prompt_cache_key"]?.GetValue<string>());
        }

        Assert.Equal(keys[0], keys[1]);
        Assert.NotEqual(keys[0], keys[2]);
        Assert.Null(keys[3]);
        Assert.Matches("^[0-9a-f]{32}$", keys[0]);
    }

    [Fact]
    public async Task Request_OfAConversation_NamesItsUser()
    {
        var fixture = new ConversationFixture();
        fixture.Model.Otherwise = static _ => new ScriptedStep().Text("Hi.");
        await using var conversation = fixture.Start();

        conversation.Guess("Hello you");
        await conversation.SnapshotAsync(Token);
        await conversation.SubmitAsync("m1", "Good morning", Token);
        await ConversationFixture.UntilTurnEndsAsync(conversation);

        Assert.Equal(["user", "user"], fixture.Model.Requests.Select(static request => request.User));
    }

    /// <summary>What a turn of a conversation asks, a minute after the one before.</summary>
    private static ModelRequest Asked(int turn) => new(
        $"call_{turn}_0",
        "Be brief.",
        [
            .. Enumerable.Range(1, turn - 1).SelectMany<int, HistoryItem>(static earlier =>
                [new HistoryItem.UserMessage($"Question {earlier}."), new HistoryItem.AssistantMessage([new AssistantPart.Text($"Answer {earlier}.")])]),
            new HistoryItem.UserMessage($"Question {turn}."),
        ],
        [ModelCalls.Weather, ModelCalls.Time])
    {
        Moment = $"Now: 2026-11-25T10:0{turn}+01:00 (Wednesday), time zone Europe/Zurich.",
        User = "anna",
    };

    /// <summary>The beginnings of a request that OpenAI looks for and keeps: up to each mark, and up to the newest message of the user or of a tool.</summary>
    private static List<string> Ends(JsonNode body)
    {
        var (text, ends) = ($"{body["instructions"]}{body["tools"]!.ToJsonString()}", new List<string>());
        var items = body["input"]!.AsArray().Select(static item => item!).ToArray();
        var newest = items.Last(static item => (string?)item["role"] == "user" || (string?)item["type"] == "function_call_output");
        foreach (var item in items)
        {
            var written = item.ToJsonString();
            var unmarked = written.Replace(Mark, "", StringComparison.Ordinal);
            text += unmarked;
            if (unmarked != written || item == newest)
            {
                ends.Add(text);
            }
        }

        return ends;
    }

    private static async Task<JsonNode> SendAsync(OpenAIOptions options, ModelRequest request)
    {
        var handler = CannedHttpHandler.Streaming("");
        var model = OpenAIModelFactory.Create(handler.Client(), options, NullLoggerFactory.Instance, TimeProvider.System);
        await Assert.ThrowsAnyAsync<ModelException>(() => model.AskAsync(request));
        return handler.Body;
    }
}
