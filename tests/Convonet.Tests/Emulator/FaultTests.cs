using System.Net;
using System.Text.Json;
using Convonet.Emulator;
using Convonet.Emulator.Scripts;
using Microsoft.Extensions.Time.Testing;
using static Convonet.Emulator.Scripts.Script;
using static Convonet.Tests.Emulator.EmulatorClient;

namespace Convonet.Tests.Emulator;

public sealed class FaultTests
{
    private static readonly Script FiveWords = Of(Say("one two three four five"));

    public static TheoryData<EmulatedApi> Apis => EmulatorClient.Apis;

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task Cut_Reset_BreaksTheBodyAfterTheChunks(EmulatedApi api)
    {
        var (text, error) = await ReadCutAsync(api, "cut;kind=rst;after=2");

        Assert.Contains("two", text);
        Assert.DoesNotContain("three", text);
        Assert.NotNull(error);
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task Cut_Truncated_EndsWithoutTheLastHttpChunk(EmulatedApi api)
    {
        var (text, error) = await ReadCutAsync(api, "cut;kind=truncated;after=2");

        Assert.Contains("two", text);
        Assert.DoesNotContain("three", text);
        Assert.Equal(HttpRequestError.ResponseEnded, Assert.IsType<HttpIOException>(error).HttpRequestError);
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task Cut_Close_EndsCleanlyWithoutTheEndMarker(EmulatedApi api)
    {
        var (text, error) = await ReadCutAsync(api, "cut;kind=close;after=2");

        Assert.Null(error);
        Assert.Contains("two", text);
        Assert.DoesNotContain("three", text);
        Assert.DoesNotContain("[DONE]", text);
        Assert.DoesNotContain("finishReason", text);
        Assert.DoesNotContain("message_stop", text);
        Assert.DoesNotContain("response.completed", text);
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task Stall_AfterChunks_IsSilentUntilTheClientGoes(EmulatedApi api)
    {
        await using var client = await StartAsync(new EmulatorOptions { Faults = "stall;after=2;times=1" });
        client.Emulator.Enqueue(FiveWords with { Times = 2 });

        var response = await client.SendAsync(api);
        var text = await ReadUntilAsync(response, "two");
        response.Dispose();

        var record = client.Emulator.Requests[0];
        await record.Aborted.WaitAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("three", text);
        Assert.False(record.LastChunkSent.IsCompleted);
        Assert.Equal("one two three four five", TextOf(api, await client.EventsAsync(api)));
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task Pings_AfterChunks_NeverEnd(EmulatedApi api)
    {
        await using var client = await StartAsync();
        client.Emulator.Enqueue(FiveWords);

        using var response = await client.SendAsync(api, fault: "pings;after=1;ms=10");
        var text = await ReadUntilAsync(response, api == EmulatedApi.Anthropic ? "ping" : ": keep-alive", times: 4);

        Assert.Contains("one", text);
        Assert.DoesNotContain("two", text);
    }

    [Theory]
    [InlineData(EmulatedApi.Gemini, """{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}""")]
    [InlineData(EmulatedApi.Anthropic, """{"type":"overloaded_error","message":"Overloaded"}""")]
    [InlineData(EmulatedApi.OpenAIChat, """{"message":"The server had an error while processing your request. Sorry about that!","type":"server_error","param":null,"code":null}""")]
    public async Task InBand_AfterChunks_IsTheProvidersError(EmulatedApi api, string error)
    {
        await using var client = await StartAsync();

        var events = await client.EventsAsync(api, FiveWords, "inband;after=2");

        Assert.Equal("one two", TextOf(api, events));
        Assert.Equal(error, Path(events[^1], "error"));
        Assert.False(client.Emulator.Requests[0].LastChunkSent.IsCompleted);
    }

    [Theory]
    [InlineData("inband", "response.failed")]
    [InlineData("inband;kind=error", "error")]
    public async Task InBand_Responses_HasTwoForms(string fault, string type)
    {
        await using var client = await StartAsync();

        var events = await client.EventsAsync(EmulatedApi.OpenAIResponses, FiveWords, fault);

        Assert.Equal(type, Path(events[^1], "type"));
    }

    [Theory]
    [InlineData(EmulatedApi.Gemini, 429, "RESOURCE_EXHAUSTED")]
    [InlineData(EmulatedApi.Gemini, 503, "UNAVAILABLE")]
    [InlineData(EmulatedApi.Anthropic, 429, "rate_limit_error")]
    [InlineData(EmulatedApi.Anthropic, 529, "overloaded_error")]
    [InlineData(EmulatedApi.Anthropic, 500, "api_error")]
    [InlineData(EmulatedApi.OpenAIChat, 429, "rate_limit_exceeded")]
    [InlineData(EmulatedApi.OpenAIResponses, 500, "server_error")]
    public async Task Status_WithRetryAfter_IsTheProvidersAnswer(EmulatedApi api, int code, string word)
    {
        await using var client = await StartAsync();

        using var response = await client.SendAsync(api, fault: $"status;code={code};retry-after=2");

        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(code, (int)response.StatusCode);
        Assert.Contains(word, body);
        Assert.Equal(api == EmulatedApi.Gemini ? null : TimeSpan.FromSeconds(2), response.Headers.RetryAfter?.Delta);
        Assert.Equal(api == EmulatedApi.Gemini, body.Contains("\"retryDelay\":\"2s\"", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task BadJson_AfterChunks_SendsOneBrokenEvent(EmulatedApi api)
    {
        await using var client = await StartAsync();

        var raw = await client.RawAsync(api, FiveWords, "badjson;after=2");

        var broken = raw.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Count(line => !IsJson(line["data: ".Length..]));
        Assert.Equal(1, broken);
    }

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
        Assert.False(IsJson(arguments));
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

    [Fact]
    public async Task Delay_UsesTheClockAndHoldsTheHeadersBack()
    {
        var time = new FakeTimeProvider();
        await using var client = await StartAsync(new EmulatorOptions { Time = time });

        var sending = client.SendAsync(EmulatedApi.Gemini, fault: "delay;ms=3000");
        using var early = await client.SendAsync(EmulatedApi.Gemini, fault: "delay;ms=3000;headers=sent");
        await client.Emulator.RequestAsync(1, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, early.StatusCode);
        Assert.False(sending.IsCompleted);
        while (!sending.IsCompleted)
        {
            // The timer may be made only after the clock was moved.
            time.Advance(TimeSpan.FromSeconds(3));
            await Task.WhenAny(sending, Task.Delay(5, TestContext.Current.CancellationToken));
        }

        using var response = await sending;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("nonsense", "There is no fault 'nonsense'")]
    [InlineData("stall;when=now", "has no setting 'when'")]
    [InlineData("stall;after=soon", "has to be a whole number")]
    public async Task Header_Wrong_IsRefused(string fault, string message)
    {
        await using var client = await StartAsync();

        using var response = await client.SendAsync(EmulatedApi.OpenAIChat, fault: fault);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(message, JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("error").GetProperty("message").GetString());
    }

    private static async Task<(string Text, Exception? Error)> ReadCutAsync(EmulatedApi api, string fault)
    {
        await using var client = await StartAsync();
        client.Emulator.Enqueue(FiveWords);
        using var response = await client.SendAsync(api, fault: fault);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var text = "";
        try
        {
            while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                text += line + "\n";
            }

            return (text, null);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return (text, error);
        }
        finally
        {
            Assert.False(client.Emulator.Requests[0].LastChunkSent.IsCompleted);
            Assert.False(client.Emulator.Requests[0].Aborted.IsCompleted);
        }
    }

    private static async Task<string> ReadUntilAsync(HttpResponseMessage response, string word, int times = 1)
    {
        var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var reader = new StreamReader(stream);
        var text = "";
        while (text.Split(word).Length - 1 < times)
        {
            text += await reader.ReadLineAsync(TestContext.Current.CancellationToken) + "\n";
        }

        return text;
    }

    private static bool IsJson(string text)
    {
        try
        {
            JsonElement.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
