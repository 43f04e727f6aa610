using System.Net;
using System.Text.Json;
using Convonet.Emulator;
using Convonet.Emulator.Recording;
using Convonet.Emulator.Scripts;
using static Convonet.Emulator.Scripts.Script;
using static Convonet.Tests.Emulator.EmulatorClient;

namespace Convonet.Tests.Emulator;

public sealed class EmulatorHostTests
{
    public static TheoryData<EmulatedApi> Apis => EmulatorClient.Apis;

    [Theory]
    [InlineData(EmulatedApi.Gemini, 403, "PERMISSION_DENIED")]
    [InlineData(EmulatedApi.Anthropic, 401, "authentication_error")]
    [InlineData(EmulatedApi.OpenAIChat, 401, "invalid_request_error")]
    [InlineData(EmulatedApi.OpenAIResponses, 401, "invalid_request_error")]
    public async Task Request_WithoutKey_IsRefused(EmulatedApi api, int status, string word)
    {
        await using var client = await StartAsync();

        using var response = await client.SendAsync(api, key: false);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(word, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task Request_NotJson_IsRefused(EmulatedApi api)
    {
        await using var client = await StartAsync();

        Assert.Equal(400, (await client.RefusedAsync(api, "{oops")).Status);
    }

    [Fact]
    public async Task Enqueue_ForOneApi_LeavesOthersAlone()
    {
        await using var client = await StartAsync();
        client.Emulator.Enqueue(Of(Say("for Claude")).For(EmulatedApi.Anthropic));
        client.Emulator.Enqueue(Of(Say("for model m")) with { When = request => Path(request.Body, "model") == "m" });

        var openAI = await client.EventsAsync(EmulatedApi.OpenAIResponses);
        var claude = await client.EventsAsync(EmulatedApi.Anthropic);

        Assert.Equal("for model m", TextOf(EmulatedApi.OpenAIResponses, openAI));
        Assert.Equal("for Claude", TextOf(EmulatedApi.Anthropic, claude));
        Assert.Equal(0, client.Emulator.WaitingScripts);
    }

    [Fact]
    public async Task Requests_AfterAnAnswer_HoldWhatWasSent()
    {
        await using var client = await StartAsync();
        await client.EventsAsync(EmulatedApi.Gemini);

        var request = Assert.Single(client.Emulator.Requests);

        await request.Ended.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(EmulatedApi.Gemini, request.Api);
        Assert.Equal("/v1beta/models/gemini-3.5-flash:streamGenerateContent?alt=sse", request.Path);
        Assert.Equal("k", request.Headers["X-Goog-Api-Key"]);
        Assert.Equal("Hello", Path(request.Body, "contents", 0, "parts", 0, "text"));
        Assert.Equal(200, request.StatusCode);
        Assert.True(request.ChunksSent > 1);
        Assert.True(request.LastChunkSent.IsCompleted);
        Assert.False(request.Aborted.IsCompleted);
    }

    [Fact]
    public async Task Requests_WithoutRecord_HoldNothingOfTheUser()
    {
        await using var client = await StartAsync(new EmulatorOptions { Record = false });
        await client.EventsAsync(EmulatedApi.Gemini);

        var request = Assert.Single(client.Emulator.Requests);

        await request.LastChunkSent.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("/v1beta/models/gemini-3.5-flash:streamGenerateContent", request.Path);
        Assert.Equal(JsonValueKind.Undefined, request.Body.ValueKind);
        Assert.Empty(request.Headers);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.NoContent)]
    [InlineData(false, HttpStatusCode.NotFound)]
    public async Task Gates_OverHttp_OpenOnlyWhileRecording(bool record, HttpStatusCode status)
    {
        await using var client = await StartAsync(new EmulatorOptions { Record = record });
        using var http = new HttpClient { BaseAddress = client.Emulator.BaseAddress };

        using var response = await http.PostAsync(new Uri("emulator/gates/g", UriKind.Relative), null, TestContext.Current.CancellationToken);

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task RequestAsync_BeforeItArrives_Waits()
    {
        await using var client = await StartAsync();

        var waiting = client.Emulator.RequestAsync(1, TestContext.Current.CancellationToken);
        await client.EventsAsync(EmulatedApi.Gemini);
        Assert.False(waiting.IsCompleted);
        await client.EventsAsync(EmulatedApi.Anthropic);

        Assert.Equal(EmulatedApi.Anthropic, (await waiting).Api);
    }

    [Fact]
    public async Task RequestLog_ManyRequests_KeepsTheLastThousand()
    {
        var log = new RequestLog();

        for (var i = 0; i < RequestLog.Capacity + 5; i++)
        {
            log.Add(Request(i, bytes: 1));
        }

        Assert.Equal(RequestLog.Capacity, log.Snapshot().Count);
        Assert.Equal("/5", log.Snapshot()[0].Path);
        Assert.Equal("/7", (await log.GetAsync(7, TestContext.Current.CancellationToken)).Path);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => log.GetAsync(4, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void RequestLog_LargeBodies_KeepsFewer()
    {
        var log = new RequestLog();

        for (var i = 0; i < 5; i++)
        {
            log.Add(Request(i, bytes: (int)(RequestLog.CapacityBytes / 2)));
        }

        Assert.Equal(2, log.Snapshot().Count);
    }

    [Fact]
    public async Task Models_AnyProvider_AreListed()
    {
        await using var client = await StartAsync();
        using var http = new HttpClient { BaseAddress = client.Emulator.BaseAddress };
        http.DefaultRequestHeaders.Add("authorization", "Bearer k");
        http.DefaultRequestHeaders.Add("x-goog-api-key", "k");

        Assert.Contains("gpt-offline-demo", await http.GetStringAsync(new Uri("v1/models", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Contains("models/gemini-offline-demo", await http.GetStringAsync(new Uri("v1beta/models", UriKind.Relative), TestContext.Current.CancellationToken));
        http.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        Assert.Contains("claude-offline-demo", await http.GetStringAsync(new Uri("v1/models", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Contains("rules, not a language model", await http.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken));
        using var missing = await http.GetAsync(new Uri("v1/nothing", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task DisposeAsync_WithAnAnswerThatStalls_EndsAtOnce()
    {
        var client = await StartAsync();
        using var response = await client.SendAsync(EmulatedApi.Gemini, fault: "stall;after=1");
        var request = client.Emulator.Requests[0];

        await client.Emulator.DisposeAsync();

        await request.Ended.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, client.Emulator.LiveRequests);
        await client.DisposeAsync();
    }

    [Theory]
    [InlineData("--port 0 --gap-ms 5 --fault stall;times=1 --fault split;bytes=2 --quiet", null)]
    [InlineData("--port 99999", "--port has to be a whole number from 0 to 65535.")]
    [InlineData("--fault nonsense", "There is no fault 'nonsense'")]
    [InlineData("--unknown", "'--unknown' is unknown or lacks its value.")]
    public void CommandLine_Arguments_AreReadOrRefused(string arguments, string? error)
    {
        if (error is not null)
        {
            Assert.Contains(error, Assert.Throws<FormatException>(() => CommandLine.Parse(arguments.Split(' '))).Message);
            return;
        }

        var line = CommandLine.Parse(arguments.Split(' '));

        Assert.Equal("stall;times=1,split;bytes=2", line.Options.Faults);
        Assert.Equal(TimeSpan.FromMilliseconds(5), line.Options.Gap);
        Assert.True(line.Quiet);
    }

    [Fact]
    public void ScriptFile_AllSteps_AreRead()
    {
        var script = Assert.Single(ScriptFile.Parse("""
            {"scripts":[{"api":"openai","times":2,"faults":"gap;ms=1","steps":[{"say":"Hi"},{"piece":"a b"},{"call":"t","arguments":{"n":1},"id":"c"},
            {"call":"u","arguments":"not json"},{"gate":"g"},{"delay_ms":5},{"fault":"stall"},{"finish":"max_tokens"}]}]}
            """));

        Assert.Equal((EmulatedApi.OpenAI, 2, "gap;ms=1"), (script.Apis, script.Times, script.Faults));
        Assert.Equal(
            [
                Say("Hi"), Piece("a b"), RawCall("t", """{"n":1}""", "c"), RawCall("u", "not json"), Script.Gate("g"),
                Delay(TimeSpan.FromMilliseconds(5)), Fault("stall"), End(Finish.MaxTokens),
            ],
            script.Steps);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("[]")]
    [InlineData("""{"scripts":[{"steps":[{"shout":"x"}]}]}""")]
    [InlineData("""{"scripts":[{"api":"nobody","steps":[]}]}""")]
    [InlineData("""{"scripts":[{"faults":"nonsense","steps":[]}]}""")]
    public void ScriptFile_Wrong_Throws(string json) => Assert.Throws<FormatException>(() => ScriptFile.Parse(json));

    private static RecordedRequest Request(int number, int bytes) =>
        new(EmulatedApi.Gemini, $"/{number}", default(JsonElement), new Dictionary<string, string>(), DateTimeOffset.UnixEpoch, bytes);
}
