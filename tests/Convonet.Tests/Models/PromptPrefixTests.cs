using System.Text.Json;
using System.Text.Json.Nodes;
using Convonet.Models;
using Convonet.Models.Claude;
using Convonet.Models.Gemini;
using Convonet.Models.OpenAI;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Models;

/// <summary>What providers keep in their prompt caches is the beginning of a request: it must be the same bytes in the next turn, a minute later.</summary>
public sealed class PromptPrefixTests
{
    private const string Instructions = "Be brief.";

    [Theory]
    [InlineData("claude", "messages")]
    [InlineData("gemini", "contents")]
    [InlineData("chat", "messages")]
    [InlineData("compatible", "messages")]
    [InlineData("responses", "input")]
    public async Task Request_OfTheNextTurn_BeginsWithTheSameBytes(string provider, string list)
    {
        HistoryItem[] second = [.. ModelCalls.MixedHistory];
        HistoryItem[] third = [.. second, new HistoryItem.AssistantMessage([new AssistantPart.Text("You are welcome.")]), new HistoryItem.UserMessage("Bye")];

        var before = Parts(await SendAsync(provider, second, "Now: 2026-11-25T10:00+01:00 (Wednesday), time zone Europe/Zurich."));
        var after = Parts(await SendAsync(provider, third, "Now: 2026-11-25T10:01+01:00 (Wednesday), time zone Europe/Zurich."));

        var (had, has) = (Items(before[list]), Items(after[list]));
        var shared = had.Zip(has).TakeWhile(static pair => pair.First == pair.Second).Count();
        Assert.True(shared >= 4, $"Only {shared} of\n{before[list]}\nare at the beginning of\n{after[list]}");
        Assert.DoesNotContain("Now:", string.Concat(has.Take(shared)));
        Assert.Contains("10:01", after[list].GetRawText());
        Assert.Equal(before.Keys, after.Keys);
        foreach (var other in after.Where(property => property.Key != list))
        {
            Assert.Equal(before[other.Key].GetRawText(), other.Value.GetRawText());
            Assert.DoesNotContain("Now:", other.Value.GetRawText());
        }
    }

    [Theory]
    [InlineData("claude", "messages")]
    [InlineData("gemini", "contents")]
    [InlineData("chat", "messages")]
    [InlineData("compatible", "messages")]
    [InlineData("responses", "input")]
    public async Task Request_OfTheNextStep_AddsToTheOneBefore(string provider, string list)
    {
        const string Moment = "Now: 2026-11-25T10:00+01:00 (Wednesday), time zone Europe/Zurich.";

        var before = Items(Parts(await SendAsync(provider, [.. ModelCalls.MixedHistory.Take(1)], Moment))[list]);
        var after = Items(Parts(await SendAsync(provider, [.. ModelCalls.MixedHistory.Take(3)], Moment))[list]);

        Assert.Equal(before, after.Take(before.Count));
    }

    [Fact]
    public async Task ChatRequest_ToAnotherServer_HasInstructionsAtItsBeginningOnly_AndTheMomentBeforeTheNewestWords()
    {
        var messages = JsonNode.Parse(await SendAsync("compatible", ModelCalls.MixedHistory, "Now: noon."))!["messages"]!.AsArray();

        Assert.Equal("Be brief.", messages[0]!["content"]!.GetValue<string>());
        Assert.Single(messages, message => message!["role"]!.GetValue<string>() == "system");
        Assert.Equal("Now: noon.\n\nThanks", messages[^1]!["content"]!.GetValue<string>());
    }

    [Fact]
    public async Task ClaudeRequest_InALongerConversation_MarksInstructionsToolsAndWhatWasSaid()
    {
        var inTurn = (IReadOnlyList<HistoryItem>)[.. ModelCalls.MixedHistory, .. ModelCalls.MixedHistory.Skip(1).Take(2)];

        var body = JsonNode.Parse(await SendAsync("claude", inTurn, "Now: noon."))!;

        var blocks = body["messages"]!.AsArray().SelectMany(message => message!["content"]!.AsArray()).Select(block => block!).ToArray();
        Assert.Equal(["It is sunny.", "call_1_0_1"], blocks.Where(block => block["cache_control"] is not null).Select(block => (block["text"] ?? block["tool_use_id"])!.GetValue<string>()));
        Assert.Equal(["Now: noon.", "Thanks"], blocks.SkipWhile(block => block["text"]?.GetValue<string>() != "Now: noon.").Take(2).Select(block => block["text"]!.GetValue<string>()));
        Assert.NotNull(body["system"]![0]!["cache_control"]);
        Assert.NotNull(body["tools"]!.AsArray()[^1]!["cache_control"]);
        Assert.Equal(4, body.ToJsonString().Split("cache_control").Length - 1);
    }

    /// <summary>The body of a request, as it was written: escapes and blanks count.</summary>
    internal static Task<string> SendAsync(string provider, IReadOnlyList<HistoryItem> history, string moment) => BodyAsync(
        handler => provider switch
        {
            "claude" => new ClaudeChatModel(handler.Client(), new ClaudeOptions { ApiKey = "k" }, NullLogger<ClaudeChatModel>.Instance, TimeProvider.System),
            "gemini" => new GeminiChatModel(handler.Client(), new GeminiOptions { ApiKey = "k" }, NullLogger<GeminiChatModel>.Instance, TimeProvider.System),
            "compatible" => OpenAIModelFactory.Create(
                handler.Client(), new OpenAIOptions { ApiKey = "k", BaseAddress = new Uri("http://localhost:11434/v1"), Api = OpenAIApi.Chat }, NullLoggerFactory.Instance, TimeProvider.System),
            _ => OpenAIModelFactory.Create(
                handler.Client(), new OpenAIOptions { ApiKey = "k", Api = provider == "chat" ? OpenAIApi.Chat : OpenAIApi.Responses }, NullLoggerFactory.Instance, TimeProvider.System),
        },
        history,
        moment);

    private static Dictionary<string, JsonElement> Parts(string body) => JsonElement.Parse(body).EnumerateObject().ToDictionary(static part => part.Name, static part => part.Value);

    /// <summary>The items of a list as they were written, without the marks: those are no part of what is cached.</summary>
    private static IReadOnlyList<string> Items(JsonElement list) =>
        [.. list.EnumerateArray().Select(static item => item.GetRawText().Replace(""","cache_control":{"type":"ephemeral"}""", "", StringComparison.Ordinal).Replace(OpenAI.OpenAIPromptCacheTests.Mark, "", StringComparison.Ordinal))];

    private static async Task<string> BodyAsync(Func<CannedHttpHandler, IChatModel> make, IReadOnlyList<HistoryItem> history, string moment)
    {
        var handler = CannedHttpHandler.Streaming("");
        var request = new ModelRequest("call_2_0", Instructions, history, [ModelCalls.Weather, ModelCalls.Time]) { Moment = moment };
        await Assert.ThrowsAnyAsync<ModelException>(() => make(handler).AskAsync(request));
        return Assert.Single(handler.Requests).Body;
    }
}
