using System.Text.Json;
using Convonet.Emulator;
using Convonet.Emulator.Scripts;
using static Convonet.Emulator.Scripts.Script;
using static Convonet.Tests.Emulator.EmulatorClient;

namespace Convonet.Tests.Emulator.Faults;

public sealed class StepFaultsTests
{
    private static readonly Script FiveWords = Of(Say("one two three four five"));

    [Theory]
    [InlineData(EmulatedApi.Gemini, "STOP")]
    [InlineData(EmulatedApi.Anthropic, "end_turn")]
    [InlineData(EmulatedApi.OpenAIChat, "\"stop\"")]
    [InlineData(EmulatedApi.OpenAIResponses, "response.completed")]
    public async Task Empty_AnyApi_EndsWellWithoutContent(EmulatedApi api, string end)
    {
        await using var client = await StartAsync();

        var raw = await client.RawAsync(api, FiveWords, "empty");

        Assert.Equal("", TextOf(api, Events(raw)));
        Assert.DoesNotContain("\"parts\"", raw);
        Assert.Contains(end, raw);
    }

    [Theory]
    [InlineData(EmulatedApi.Gemini, "\"finishReason\":\"MAX_TOKENS\"")]
    [InlineData(EmulatedApi.Anthropic, "\"stop_reason\":\"max_tokens\"")]
    [InlineData(EmulatedApi.OpenAIChat, "\"finish_reason\":\"length\"")]
    [InlineData(EmulatedApi.OpenAIResponses, "\"incomplete_details\":{\"reason\":\"max_output_tokens\"}")]
    public async Task MaxTokens_AnyApi_EndsInsideACall(EmulatedApi api, string end)
    {
        await using var client = await StartAsync();

        var raw = await client.RawAsync(api, Of(Say("Sure."), Call("create_todo", new { title = "a long title" })), "maxtokens");

        Assert.Contains(end, raw);
        Assert.Contains("Sure.", raw);
        Assert.Equal(api != EmulatedApi.Gemini, raw.Contains("create_todo", StringComparison.Ordinal) && api != EmulatedApi.Gemini);
        Assert.DoesNotContain("long title\\\"}", raw);
    }

    [Theory]
    [InlineData(EmulatedApi.Gemini, "\"finishReason\":\"SAFETY\"")]
    [InlineData(EmulatedApi.Anthropic, "\"stop_reason\":\"refusal\"")]
    [InlineData(EmulatedApi.OpenAIChat, "\"finish_reason\":\"content_filter\"")]
    [InlineData(EmulatedApi.OpenAIResponses, "\"incomplete_details\":{\"reason\":\"content_filter\"}")]
    public async Task Safety_AnyApi_BlocksTheAnswer(EmulatedApi api, string end)
    {
        await using var client = await StartAsync();

        var raw = await client.RawAsync(api, FiveWords, "safety;after=2");

        Assert.Equal("one two", TextOf(api, Events(raw)));
        Assert.Contains(end, raw);
    }

    [Fact]
    public async Task Safety_GeminiPrompt_IsBlockedWithoutCandidates()
    {
        await using var client = await StartAsync();

        var events = await client.EventsAsync(EmulatedApi.Gemini, FiveWords, "safety;prompt=1");

        Assert.Equal("SAFETY", Path(Assert.Single(events), "promptFeedback", "blockReason"));
        Assert.Equal("", Path(events[0], "candidates"));
    }

    [Fact]
    public async Task Malformed_Gemini_IsItsFinishReason()
    {
        await using var client = await StartAsync();

        var events = await client.EventsAsync(EmulatedApi.Gemini, fault: "malformed");

        Assert.Equal("MALFORMED_FUNCTION_CALL", Path(Assert.Single(events), "candidates", 0, "finishReason"));
    }

    [Fact]
    public async Task Malformed_OpenAI_HasArgumentsThatAreNotJson()
    {
        await using var client = await StartAsync();

        var events = await client.EventsAsync(EmulatedApi.OpenAIChat, fault: "malformed");

        var arguments = string.Concat(events.Select(e => Path(e, "choices", 0, "delta", "tool_calls", 0, "function", "arguments")));
        Assert.NotEqual("", arguments);
        Assert.False(EmulatorClient.IsJson(arguments));
    }

    [Theory]
    [InlineData(EmulatedApi.Gemini, "\"functionCall\":{\"name\":\"create_todo\",\"args\":{\"title\":\"sample ")]
    [InlineData(EmulatedApi.Anthropic, "\"content_block\":{\"type\":\"tool_use\"")]
    [InlineData(EmulatedApi.OpenAIChat, "\"function\":{\"name\":\"create_todo\",\"arguments\":\"\"")]
    [InlineData(EmulatedApi.OpenAIResponses, "\"type\":\"response.function_call_arguments.done\"")]
    public async Task Calls_AnyApi_SendsThatMany(EmulatedApi api, string mark)
    {
        await using var client = await StartAsync();

        var raw = await client.RawAsync(api, fault: "calls;n=5");

        Assert.Equal(5, raw.Split(mark).Length - 1);
    }

    [Theory]
    [InlineData(EmulatedApi.Anthropic)]
    [InlineData(EmulatedApi.OpenAIChat)]
    public async Task DupIdsAndNoIds_ChangeTheIds(EmulatedApi api)
    {
        await using var client = await StartAsync();

        var same = Ids(await client.EventsAsync(api, fault: "dupids"));
        var none = Ids(await client.EventsAsync(api, Of(Call("create_todo"), Call("create_todo")), "noids"));

        Assert.Equal(2, same.Count);
        Assert.Single(same.Distinct());
        Assert.Empty(none);

        List<string> Ids(List<JsonElement> events) =>
        [
            .. events.Select(e => api == EmulatedApi.Anthropic ? Path(e, "content_block", "id") : Path(e, "choices", 0, "delta", "tool_calls", 0, "id")).Where(id => id != ""),
        ];
    }

    [Fact]
    public async Task Huge_HasArgumentsOfThatSize()
    {
        await using var client = await StartAsync();

        var events = await client.EventsAsync(EmulatedApi.Gemini, fault: "huge;bytes=300000");

        Assert.Equal(300_000, Path(events[0], "candidates", 0, "content", "parts", 0, "functionCall", "args", "title").Length);
    }
}
