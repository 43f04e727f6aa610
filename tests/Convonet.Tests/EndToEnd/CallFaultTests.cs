using Convonet.Conversations;
using Convonet.Emulator;
using Convonet.Emulator.Scripts;
using Convonet.Models;
using Convonet.Tools;
using static Convonet.Emulator.Scripts.Script;

namespace Convonet.Tests.EndToEnd;

/// <summary>Faults of what the model asks for: no call is lost, each has its own result, and the provider takes the history that comes of it.</summary>
public class CallFaultTests
{
    public static TheoryData<EmulatedApi, string> IdFaults => new MatrixTheoryData<EmulatedApi, string>(EmulatedProviders.Apis, ["dupids", "noids"]);

    public static TheoryData<EmulatedApi> AllButGemini => [EmulatedApi.Anthropic, EmulatedApi.OpenAIChat, EmulatedApi.OpenAIResponses];

    [Theory]
    [MemberData(nameof(IdFaults))]
    public async Task CallIds_SameOrMissing_EachCallKeepsItsOwnResult(EmulatedApi api, string fault)
    {
        await using var providers = await StartAsync();
        providers.Emulator.Enqueue(Of(Call("echo", new { text = "first" }), Call("echo", new { text = "second" })).With(fault));
        var conversation = providers.Converse(api);

        var end = await AskAsync(providers, conversation);

        Assert.Equal("completed", end.Outcome);
        var asked = conversation.Of<SessionEvent.ToolChunk>().Select(chunk => (chunk.ToolCall.Id, chunk.ToolCall.Args.GetProperty("text").GetString())).ToArray();
        Assert.Equal(["first", "second"], asked.Select(call => call.Item2));
        Assert.Equal(2, asked.Select(call => call.Id).Distinct().Count());
        Assert.Equal(asked, ResultsOf(conversation).Select(result => (result.CallId, (string?)result.Content)));
        await providers.AssertQuietAsync();
    }

    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task TwentyCalls_SixteenRunAndTheRestAreErrors(EmulatedApi api)
    {
        await using var providers = await StartAsync();
        providers.Emulator.Enqueue(Of().With("calls;n=20"));
        var conversation = providers.Converse(api);

        var end = await AskAsync(providers, conversation);

        Assert.Equal("completed", end.Outcome);
        var results = ResultsOf(conversation);
        Assert.Equal(Enumerable.Range(1, 16).Select(i => $"sample {i}"), results.Where(result => result.Outcome == ToolOutcome.Ok).Select(result => result.Content));
        Assert.All(results.Skip(16), result => Assert.Equal((ToolOutcome.Error, "Not run: at most 16 calls at a time."), (result.Outcome, result.Content)));
        Assert.Equal(20, results.Count);
        Assert.Equal(20, conversation.Of<SessionEvent.ToolEnded>().Count());
        await providers.AssertQuietAsync();
    }

    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task HugeArguments_AreAnErrorForTheModel(EmulatedApi api)
    {
        await using var providers = await StartAsync();
        providers.Emulator.Enqueue(Of().With("huge;bytes=100000"));
        var conversation = providers.Converse(api);

        var end = await AskAsync(providers, conversation);

        Assert.Equal("completed", end.Outcome);
        Assert.Contains("at most 32768 are allowed", Assert.Single(ResultsOf(conversation)).Content, StringComparison.Ordinal);
        Assert.Equal("error", Assert.Single(conversation.Of<SessionEvent.ToolEnded>()).Outcome);
        await providers.AssertQuietAsync();
    }

    /// <summary>What ran has its results; the rest of the stream is not read.</summary>
    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task CallsWithoutEnd_EndTheStepAtItsBound(EmulatedApi api)
    {
        await using var providers = await StartAsync();
        providers.Emulator.Enqueue(Of().With("flood"));
        var conversation = providers.Converse(api);

        var end = await conversation.AskAsync();

        Assert.Equal(("failed", "provider_error"), (end.Outcome, end.Error?.Code));
        var ends = conversation.Of<SessionEvent.ToolEnded>().ToArray();
        Assert.Equal(128, ends.Length);
        Assert.InRange(ends.Count(each => each.Outcome == "ok"), 15, 16);
        Assert.InRange(ResultsOf(conversation).Count, 127, 128);
        Assert.Equal(1, providers.RequestsTo(api));
        await providers.AssertQuietAsync();
    }

    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task HugeArguments_OfManyCallsTogether_EndTheStepAtItsBound(EmulatedApi api)
    {
        await using var providers = await StartAsync();
        var text = new string('x', 300_000);
        providers.Emulator.Enqueue(Of([.. Enumerable.Repeat<ScriptStep[]>([Call("echo", new { text }), Say(" and")], 9).SelectMany(both => both)]));
        var conversation = providers.Converse(api);

        var end = await conversation.AskAsync();

        Assert.Equal(("failed", "provider_error", " and and and"), (end.Outcome, end.Error?.Code, end.Text));
        Assert.Equal(3, ResultsOf(conversation).Count);
        Assert.Equal(1, providers.RequestsTo(api));
        await providers.AssertQuietAsync();
    }

    /// <summary>Gemini has an end of its own for this (see <see cref="FaultTable"/>); the others just send broken JSON.</summary>
    [Theory]
    [MemberData(nameof(AllButGemini))]
    public async Task MalformedCall_IsAnErrorForTheModel(EmulatedApi api)
    {
        await using var providers = await StartAsync();
        providers.Emulator.Enqueue(Of().With("malformed"));
        var conversation = providers.Converse(api);

        var end = await AskAsync(providers, conversation);

        Assert.Equal("completed", end.Outcome);
        Assert.Equal("The arguments are not valid JSON.", Assert.Single(ResultsOf(conversation)).Content);
        await providers.AssertQuietAsync();
    }

    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task MaxTokensInsideACall_HalfACallNeverRuns(EmulatedApi api)
    {
        await using var providers = await StartAsync();
        providers.Emulator.Enqueue(Of(Say("Let me see."), Call("echo", new { text = "never whole" })).With("maxtokens"));
        var conversation = providers.Converse(api);

        await conversation.SayAsync();
        var end = await conversation.UntilAsync<SessionEvent.AgentResponse>();

        Assert.Equal(("truncated", true, "Let me see."), (end.Outcome, end.Success, end.Text));
        Assert.Empty(conversation.Of<SessionEvent.ToolChunk>());
        var cards = conversation.Of<SessionEvent.ToolProgress>().Select(asked => asked.ToolCall);
        Assert.Equal(cards, conversation.Of<SessionEvent.ToolEnded>().Select(ended => ended.ToolCall));
        Assert.All(conversation.Of<SessionEvent.ToolEnded>(), ended => Assert.Equal("cancelled", ended.Outcome));
        Assert.Equal(1, providers.RequestsTo(api));
        await providers.AssertQuietAsync();
    }

    /// <summary>The first of two calls was whole: it runs, and the model goes on with its result.</summary>
    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task MaxTokensInsideTheSecondCall_TheFirstOneRuns(EmulatedApi api)
    {
        await using var providers = await StartAsync();
        providers.Emulator.Enqueue(Of(Call("echo", new { text = "whole" }), Call("echo", new { text = "never whole" }), End(Finish.MaxTokens)));
        var conversation = providers.Converse(api);

        var end = await AskAsync(providers, conversation);

        Assert.Equal("completed", end.Outcome);
        Assert.Equal("whole", Assert.Single(ResultsOf(conversation)).Content);
        await providers.AssertQuietAsync();
    }

    /// <summary>What was done stays done: the tool's step is not run again when the step after it fails.</summary>
    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task SecondStepBreaks_IsAskedAgainWithoutRunningTheToolAgain(EmulatedApi api)
    {
        await using var providers = await EmulatedProviders.StartAsync();
        var runs = 0;
        providers.Tools.Add(ToolFactory.Create(() => Interlocked.Increment(ref runs), "count", "Counts."));
        providers.Emulator.Enqueue(Of(Call("count")));
        providers.Emulator.Enqueue(Of(Say("Never heard.")).With("cut;kind=rst;after=0"));
        var conversation = providers.Converse(api);

        var end = await AskAsync(providers, conversation);

        Assert.Equal(("completed", "Done."), (end.Outcome, end.Text));
        Assert.Equal(1, runs);
        Assert.Equal(3, providers.RequestsTo(api));
        await providers.AssertQuietAsync();
    }

    private static async Task<EmulatedProviders> StartAsync()
    {
        var providers = await EmulatedProviders.StartAsync();
        providers.Tools.Add(Echo.Tool);
        return providers;
    }

    /// <summary>A turn whose next step is scripted already, and whose last one says <c>Done.</c></summary>
    private static async Task<SessionEvent.AgentResponse> AskAsync(EmulatedProviders providers, ConversationUnderTest conversation)
    {
        providers.Emulator.Enqueue(Of(Say("Done.")));
        return await conversation.AskAsync();
    }

    private static IReadOnlyList<ToolResult> ResultsOf(ConversationUnderTest conversation) =>
        Assert.Single(conversation.History.OfType<HistoryItem.ToolResults>()).Results;
}
