using System.Text.Json;
using Convonet.Emulator;
using Convonet.Emulator.Scripts;
using static Convonet.Emulator.Scripts.Script;
using static Convonet.Tests.Emulator.EmulatorClient;

namespace Convonet.Tests.Emulator.Wire;

public sealed class StreamTests
{
    private static readonly Script TwoCalls = Of(Say("One moment."), Call("a", new { x = "é" }), Call("b"), Say("There."));

    public static TheoryData<EmulatedApi> Apis => EmulatorClient.Apis;

    [Fact]
    public async Task Gemini_TextAndCalls_AreWholeResponses()
    {
        await using var client = await StartAsync();

        var raw = await client.RawAsync(EmulatedApi.Gemini, TwoCalls);

        var events = Events(raw);
        Assert.StartsWith("data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"One\"}],\"role\":\"model\"},\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":", raw);
        Assert.EndsWith("\"}\r\n\r\n", raw);
        Assert.Equal("One moment.There.", TextOf(EmulatedApi.Gemini, events));
        Assert.Equal("a", Path(events[2], "candidates", 0, "content", "parts", 0, "functionCall", "name"));
        Assert.Equal("""{"x":"é"}""", Path(events[2], "candidates", 0, "content", "parts", 0, "functionCall", "args"));
        Assert.Equal("b", Path(events[2], "candidates", 0, "content", "parts", 1, "functionCall", "name"));
        Assert.Matches("^[A-Za-z0-9+/]+=*$", Path(events[2], "candidates", 0, "content", "parts", 0, "thoughtSignature"));
        Assert.Equal("", Path(events[2], "candidates", 0, "content", "parts", 1, "thoughtSignature"));
        Assert.All(events.SkipLast(1), e => Assert.Equal("", Path(e, "candidates", 0, "finishReason")));
        Assert.Equal("STOP", Path(events[^1], "candidates", 0, "finishReason"));
    }

    [Fact]
    public async Task Anthropic_TextAndCalls_AreBlocks()
    {
        await using var client = await StartAsync();

        var raw = await client.RawAsync(EmulatedApi.Anthropic, TwoCalls);

        var events = Events(raw);
        Assert.StartsWith("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_01", raw);
        Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", raw);
        Assert.Equal(
            "message_start content_block_start ping content_block_delta content_block_delta content_block_stop"
            + " content_block_start content_block_delta content_block_delta content_block_stop"
            + " content_block_start content_block_delta content_block_delta content_block_stop"
            + " content_block_start content_block_delta content_block_stop message_delta message_stop",
            string.Join(' ', events.Select(e => Path(e, "type"))));
        Assert.Equal("One moment.There.", TextOf(EmulatedApi.Anthropic, events));
        Assert.Equal("""{"x":"é"}""", string.Concat(events.Where(e => Path(e, "index") == "1").Select(e => Path(e, "delta", "partial_json"))));
        Assert.Equal("tool_use", Path(events[^2], "delta", "stop_reason"));
        Assert.NotEqual("0", Path(events[^2], "usage", "output_tokens"));
    }

    [Fact]
    public async Task OpenAIChat_TextAndCalls_AreDeltas()
    {
        await using var client = await StartAsync();
        var body = Body(EmulatedApi.OpenAIChat).Replace("\"stream\":true", "\"stream\":true,\"stream_options\":{\"include_usage\":true}", StringComparison.Ordinal);

        var raw = await client.RawAsync(EmulatedApi.OpenAIChat, TwoCalls, body: body);

        var events = Events(raw);
        Assert.StartsWith("data: {\"id\":\"chatcmpl-", raw);
        Assert.EndsWith("\n\ndata: [DONE]\n\n", raw);
        Assert.Equal("assistant", Path(events[0], "choices", 0, "delta", "role"));
        Assert.Equal("One moment.There.", TextOf(EmulatedApi.OpenAIChat, events));
        var calls = events.Where(e => Path(e, "choices", 0, "delta", "tool_calls") != "").ToList();
        Assert.Equal(["a", "b"], calls.Select(e => Path(e, "choices", 0, "delta", "tool_calls", 0, "function", "name")).Where(name => name != ""));
        Assert.Equal("""{"x":"é"}{}""", string.Concat(calls.Select(e => Path(e, "choices", 0, "delta", "tool_calls", 0, "function", "arguments"))));
        Assert.Equal("tool_calls", Path(events[^2], "choices", 0, "finish_reason"));
        Assert.Equal("[]", Path(events[^1], "choices"));
        Assert.NotEqual("", Path(events[^1], "usage", "total_tokens"));
    }

    [Fact]
    public async Task OpenAIResponses_TextAndCalls_AreItems()
    {
        await using var client = await StartAsync();

        var raw = await client.RawAsync(EmulatedApi.OpenAIResponses, TwoCalls);

        var events = Events(raw);
        Assert.StartsWith("event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"resp_", raw);
        Assert.Equal(Enumerable.Range(0, events.Count).Select(i => $"{i}"), events.Select(e => Path(e, "sequence_number")));
        Assert.Equal("One moment.There.", TextOf(EmulatedApi.OpenAIResponses, events));
        Assert.Equal(
            ["message", "function_call", "function_call", "message"],
            events.Where(e => Path(e, "type") == "response.output_item.done").Select(e => Path(e, "item", "type")));
        Assert.Equal(["""{"x":"é"}""", "{}"], events.Where(e => Path(e, "type") == "response.function_call_arguments.done").Select(e => Path(e, "arguments")));
        Assert.Equal("response.completed", Path(events[^1], "type"));
        Assert.Equal("call_", Path(events[^1], "response", "output", 1, "call_id")[..5]);
        Assert.NotEqual("", Path(events[^1], "response", "usage", "total_tokens"));
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task AnyApi_NotStreamed_AnswersWhole(EmulatedApi api)
    {
        await using var client = await StartAsync();
        client.Emulator.Enqueue(Of(Say("Hello you"), Call("create_todo", new { title = "t" })));

        using var response = await client.SendAsync(api, stream: false);

        var json = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("Hello", json);
        Assert.Contains("create_todo", json);
        Assert.Equal(JsonValueKind.Object, JsonElement.Parse(json).ValueKind);
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task AnyApi_SplitBytes_GivesTheSameText(EmulatedApi api)
    {
        await using var client = await StartAsync(new EmulatorOptions { SplitBytes = 3 });

        var events = await client.EventsAsync(api, Of(Say("Zoë’s 🍜 lunch"), Call("create_todo", new { title = "日本" })));

        Assert.Equal("Zoë’s 🍜 lunch", TextOf(api, events));
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task AnyApi_Gate_HoldsTheRestBack(EmulatedApi api)
    {
        await using var client = await StartAsync();
        client.Emulator.Enqueue(Of(Piece("first"), Gate("g"), Piece("second")));
        using var response = await client.SendAsync(api);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);

        var seen = "";
        while (!seen.Contains("first", StringComparison.Ordinal))
        {
            seen += await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        }

        await client.Emulator.Gate("g").Reached.WaitAsync(TestContext.Current.CancellationToken);
        var record = client.Emulator.Requests[0];
        Assert.True(record.FirstChunkSent.IsCompleted);
        Assert.False(record.LastChunkSent.IsCompleted);
        client.Emulator.Gate("g").Open();
        Assert.Contains("second", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        await record.LastChunkSent.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Emulator_ClientGivesUp_SeesTheAbort(bool http2)
    {
        await using var client = await StartAsync(new EmulatorOptions { Http2 = http2 });
        client.Emulator.Enqueue(Of(Piece("first"), Gate("never")));

        var response = await client.SendAsync(EmulatedApi.Anthropic);
        await client.Emulator.Gate("never").Reached.WaitAsync(TestContext.Current.CancellationToken);
        response.Dispose();

        var record = await client.Emulator.RequestAsync(0, TestContext.Current.CancellationToken);
        await record.Aborted.WaitAsync(TestContext.Current.CancellationToken);
        await record.Ended.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(record.LastChunkSent.IsCompleted);
        Assert.Equal(0, client.Emulator.LiveRequests);
    }
}
