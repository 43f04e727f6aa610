using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Convonet.Emulator;
using Convonet.Emulator.Scripts;
using Microsoft.Extensions.Time.Testing;
using static Convonet.Emulator.Scripts.Script;
using static Convonet.Tests.Emulator.EmulatorClient;

namespace Convonet.Tests.Emulator.Faults;

public sealed class StreamFaultsTests
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
    [InlineData("inband", "response.failed", "response", "error", "code", "server_error")]
    [InlineData("inband;kind=error", "error", "code", "server_error")]
    [InlineData("inband;kind=nested", "error", "error", "code", "too_many_requests")]
    public async Task InBand_Responses_HasThreeForms(string fault, string type, params string[] code)
    {
        await using var client = await StartAsync();

        var events = await client.EventsAsync(EmulatedApi.OpenAIResponses, FiveWords, fault);

        Assert.Equal(type, Path(events[^1], "type"));
        Assert.Equal(code[^1], Path(events[^1], [.. code[..^1]]));
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

        var broken = raw.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Count(line => !EmulatorClient.IsJson(line["data: ".Length..]));
        Assert.Equal(1, broken);
    }

    [Fact]
    public async Task Delay_UsesTheClockAndHoldsTheHeadersBack()
    {
        var time = new WatchedTime();
        await using var client = await StartAsync(new EmulatorOptions { Time = time });

        var sending = client.SendAsync(EmulatedApi.Gemini, fault: "delay;ms=3000");
        using var early = await client.SendAsync(EmulatedApi.Gemini, fault: "delay;ms=3000;headers=sent");
        await time.WaitForTimerAsync();
        await time.WaitForTimerAsync();

        Assert.Equal(HttpStatusCode.OK, early.StatusCode);
        Assert.False(sending.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(3));
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

    /// <summary>A fake clock that tells when somebody has begun to wait on it.</summary>
    private sealed class WatchedTime : FakeTimeProvider
    {
        private readonly Channel<DateTimeOffset> _timers = Channel.CreateBounded<DateTimeOffset>(16);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _timers.Writer.TryWrite(GetUtcNow());
            return timer;
        }

        internal async Task WaitForTimerAsync() => await _timers.Reader.ReadAsync(TestContext.Current.CancellationToken);
    }
}
