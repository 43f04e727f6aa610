using System.Net.Sockets;
using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Emulator;
using Convonet.Models;
using Convonet.Models.Http;
using Convonet.Streams;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.EndToEnd;

/// <summary>The four limits in real time, against peers that do not listen: the turn ends all the same, and what they held is given back.</summary>
[Collection(nameof(Alone))]
public sealed class LimitTests
{
    private const string Headers = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly StrayTasks _strays = new(NullLogger<StrayTasks>.Instance);
    private readonly AgentOptions _options = new() { StreamIteration = Long, Watchdog = Long, Execution = Long, TextCompletion = TimeSpan.Zero };
    private readonly ToolOptions _toolOptions = new() { Limit = Long };

    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task StreamIteration_PeerNeverAnswers_TurnFails(EmulatedApi api)
    {
        var before = ProcessCounters.Now;
        _options.StreamIteration = Short;
        await using var peer = new DeafServer();
        using var pool = new ProviderHttp();
        await using var conversation = Converse(EmulatedProviders.Create(api, pool.Client, peer.Address));

        var end = await conversation.AskAsync();

        Assert.Equal(("failed", "stalled", ""), (end.Outcome, end.Error?.Code, end.Text));
        Assert.Equal("retrying", Assert.Single(conversation.Of<SessionEvent.Status>()).Code);
        Assert.InRange(peer.Connections, 1, 2);
        await before.ReturnAsync();
    }

    [Theory]
    [InlineData(EmulatedApi.Gemini, """data: {"candidates":[{"content":{"role":"model","parts":[{"text":"Hel"}]}}]}""")]
    [InlineData(EmulatedApi.Anthropic, """data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Hel"}}""")]
    [InlineData(EmulatedApi.OpenAIChat, """data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"Hel"}}]}""")]
    [InlineData(EmulatedApi.OpenAIResponses, """data: {"type":"response.output_text.delta","sequence_number":1,"item_id":"m","output_index":0,"content_index":0,"delta":"Hel"}""")]
    public async Task StreamIteration_PeerFallsSilent_TurnEndsWithWhatWasSaid(EmulatedApi api, string line)
    {
        var before = ProcessCounters.Now;
        _options.StreamIteration = TimeSpan.FromSeconds(1);
        var said = (api == EmulatedApi.Anthropic ? "event: content_block_start\n" : "") + line + "\n\n";
        await using var peer = new DeafServer($"{Headers}{said.Length:x}\r\n{said}\r\n");
        using var pool = new ProviderHttp();
        await using var conversation = Converse(EmulatedProviders.Create(api, pool.Client, peer.Address));

        var end = await conversation.AskAsync();

        Assert.Equal(("stalled", "stalled", "Hel"), (end.Outcome, end.Error?.Code, end.Text));
        await before.ReturnAsync();
    }

    [Fact]
    public async Task StreamIteration_AdapterIgnoresItsToken_TurnFailsAndTheAdapterIsWaitedFor()
    {
        var before = ProcessCounters.Now;
        _options.StreamIteration = Short;
        var release = Gate();
        var model = new ScriptedModel { IgnoresToken = true };
        model.Step().Wait(release.Task);
        model.Step().Wait(release.Task);
        await using var conversation = Converse(model);

        var end = await conversation.AskAsync();

        Assert.Equal(("failed", "stalled"), (end.Outcome, end.Error?.Code));
        await AssertHeldUntilAsync(release, before, modelStreams: 2);
    }

    [Fact]
    public async Task Watchdog_PeerNeverAnswers_UserIsTold()
    {
        var before = ProcessCounters.Now;
        _options.Watchdog = Short;
        await using var peer = new DeafServer();
        using var pool = new ProviderHttp();
        await using var conversation = Converse(EmulatedProviders.Create(EmulatedApi.Gemini, pool.Client, peer.Address));

        await conversation.SayAsync();
        var first = await conversation.UntilAsync<SessionEvent.Status>();
        var second = await conversation.UntilAsync<SessionEvent.Status>();
        await conversation.CancelAsync();
        var end = await conversation.UntilAsync<SessionEvent.AgentResponse>();

        Assert.Equal(("waiting", "waiting", "cancelled"), (first.Code, second.Code, end.Outcome));
        await before.ReturnAsync();
    }

    [Fact]
    public async Task Execution_AdapterAndToolIgnoreTheirTokens_TurnIsTimedOut()
    {
        var before = ProcessCounters.Now;
        _options.Execution = Short;
        var release = Gate();
        var model = new ScriptedModel { IgnoresToken = true };
        model.Step().Call("deaf").Wait(release.Task);
        await using var conversation = Converse(model, ToolFactory.Create(() => release.Task, "deaf", "Does not listen."));

        var end = await conversation.AskAsync();

        Assert.Equal(("timed_out", "timed_out"), (end.Outcome, end.Error?.Code));
        Assert.Equal("timeout", Assert.Single(conversation.Of<SessionEvent.ToolEnded>()).Outcome);
        await AssertHeldUntilAsync(release, before, modelStreams: 1);
    }

    [Fact]
    public async Task Execution_PeerNeverAnswers_TurnIsTimedOut()
    {
        var before = ProcessCounters.Now;
        _options.Execution = Short;
        await using var peer = new DeafServer();
        using var pool = new ProviderHttp();
        await using var conversation = Converse(EmulatedProviders.Create(EmulatedApi.OpenAIResponses, pool.Client, peer.Address));

        var end = await conversation.AskAsync();

        Assert.Equal(("timed_out", "timed_out", ""), (end.Outcome, end.Error?.Code, end.Text));
        await before.ReturnAsync();
    }

    [Fact]
    public async Task Tool_ReadsFromAPeerThatNeverAnswers_TimesOutAndTheModelGoesOn()
    {
        var before = ProcessCounters.Now;
        _toolOptions.Limit = Short;
        var peer = new DeafServer();
        var model = new ScriptedModel();
        model.Step().Call("deaf");
        model.Step().Text("It did not answer.");
        await using var conversation = Converse(model, ToolFactory.Create(() => ReadAsync(peer.Address), "deaf", "Does not listen."));

        var end = await conversation.AskAsync();

        Assert.Equal(("completed", "It did not answer."), (end.Outcome, end.Text));
        var ended = Assert.Single(conversation.Of<SessionEvent.ToolEnded>());
        Assert.Equal(("timeout", (long)Short.TotalMilliseconds), (ended.Outcome, ended.LimitMs));
        Assert.True(_strays.Count > 0);
        Assert.True(ProcessCounters.Now.StrayTasks > before.StrayTasks);
        await peer.DisposeAsync();
        await _strays.DrainAsync(TestContext.Current.CancellationToken).InTime();
        await before.ReturnAsync();
    }

    private static TaskCompletionSource Gate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Reads without a token, as a careless library does.</summary>
    private static async Task<int> ReadAsync(Uri address)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, CancellationToken.None);
        return await client.GetStream().ReadAsync(new byte[1], CancellationToken.None);
    }

    /// <summary>The turn is over and its deaf peers are still counted; once they end, nothing is.</summary>
    private async Task AssertHeldUntilAsync(TaskCompletionSource release, ProcessCounters before, int modelStreams)
    {
        Assert.True(_strays.Count >= modelStreams);
        Assert.Equal(before.ModelStreams + modelStreams, ProcessCounters.Now.ModelStreams);
        release.SetResult();
        await _strays.DrainAsync(TestContext.Current.CancellationToken).InTime();
        await before.ReturnAsync();
    }

    private ConversationUnderTest Converse(IChatModel model, params AIFunction[] tools)
    {
        var runner = new ToolRunner(tools, _toolOptions, TimeProvider.System, _strays, NullLogger<ToolRunner>.Instance);
        var graph = new AgentGraph(runner, _options, TimeProvider.System, _strays, NullLogger<AgentGraph>.Instance);
        var models = new ChatModels([new ProviderEntry(model, Configured: true, Emulated: false)], model.Provider, []);
        return new(new ConversationServices(graph, models, new ConversationOptions(), TimeProvider.System, NullLoggerFactory.Instance));
    }
}
