using System.Text.Encodings.Web;
using System.Text.Json;
using Convonet.Conversations;
using Convonet.Emulator;
using Convonet.Emulator.Recording;
using Convonet.Models;
using Convonet.Models.Gemini;
using Convonet.Tools;
using static Convonet.Emulator.Scripts.Script;

namespace Convonet.Tests.EndToEnd;

/// <summary>A conversation goes on with another provider; the emulator refuses a history as the real APIs do.</summary>
public class ProviderSwitchTests
{
    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<EmulatedApi, EmulatedApi> OrderedPairs =>
        [.. EmulatedProviders.Apis.SelectMany(from => EmulatedProviders.Apis.Where(to => to != from).Select(to => (from, to)))];

    [Theory]
    [MemberData(nameof(OrderedPairs))]
    public async Task Switch_WithToolCallsInTheHistory_AndBack_EveryProviderTakesTheHistory(EmulatedApi from, EmulatedApi to)
    {
        await using var providers = await StartAsync();
        var conversation = providers.Converse(from);

        // One result of each kind: ok and error, then cancelled beside ok.
        await TurnWithCallsAsync(providers, conversation);
        await CancelledTurnAsync(providers, conversation);
        await conversation.SwitchAsync(EmulatedProviders.NameOf(to));
        await TurnWithCallsAsync(providers, conversation);
        await conversation.SwitchAsync(EmulatedProviders.NameOf(from));
        await TurnWithCallsAsync(providers, conversation);

        Assert.Equal(2 + 1 + 2, providers.RequestsTo(from));
        Assert.Equal(2, providers.RequestsTo(to));
        Assert.Equal(
            [ToolOutcome.Ok, ToolOutcome.Error, ToolOutcome.Ok, ToolOutcome.Cancelled, ToolOutcome.Ok, ToolOutcome.Error, ToolOutcome.Ok, ToolOutcome.Error],
            conversation.History.OfType<HistoryItem.ToolResults>().SelectMany(results => results.Results).Select(result => result.Outcome));
        await providers.AssertQuietAsync();
    }

    [Theory]
    [InlineData(EmulatedApi.Anthropic)]
    [InlineData(EmulatedApi.OpenAIChat)]
    [InlineData(EmulatedApi.OpenAIResponses)]
    public async Task Switch_FromGeminiAndBack_SignaturesComeBackToGeminiAlone(EmulatedApi other)
    {
        await using var providers = await StartAsync();
        var conversation = providers.Converse(EmulatedApi.Gemini);

        await TurnWithCallsAsync(providers, conversation);
        var signatures = conversation.History.OfType<HistoryItem.AssistantMessage>().SelectMany(message => message.Parts)
            .Select(part => GeminiPartData.Read(part.ProviderData).Signature).OfType<string>().ToArray();
        await conversation.SwitchAsync(EmulatedProviders.NameOf(other));
        await TurnWithCallsAsync(providers, conversation);
        await conversation.SwitchAsync("gemini");
        await TurnWithCallsAsync(providers, conversation);

        // The first of the two calls carries one, and the end of an answer without calls.
        Assert.Equal(2, signatures.Length);
        Assert.All(signatures, signature => Assert.Equal(64, signature.Length));
        var requests = providers.Emulator.Requests;
        var back = requests.Last(request => request.Api == EmulatedApi.Gemini);
        Assert.Equal(signatures, SignaturesOf(back).Take(signatures.Length));
        foreach (var request in requests.Where(request => request.Api == other))
        {
            Assert.All(signatures, signature => Assert.DoesNotContain(signature, JsonSerializer.Serialize(request.Body, Unescaped), StringComparison.Ordinal));
        }

        await providers.AssertQuietAsync();
    }

    private static async Task<EmulatedProviders> StartAsync()
    {
        var providers = await EmulatedProviders.StartAsync();
        providers.Tools.AddRange(
        [
            Echo.Tool,
            ToolFactory.Create(string (string text) => throw new ToolException("The shop is closed."), "fail", "Never works."),
            ToolFactory.Create((CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken), "hang", "Never ends by itself."),
        ]);
        return providers;
    }

    private static async Task TurnWithCallsAsync(EmulatedProviders providers, ConversationUnderTest conversation)
    {
        providers.Emulator.Enqueue(Of(Say("One moment."), Call("echo", new { text = "süß 👋" }), Call("fail", new { text = "a \"quoted\" word" })));
        providers.Emulator.Enqueue(Of(Say("One worked, the other did not.")));
        var end = await conversation.AskAsync("Do both.");
        Assert.Equal(("completed", null), (end.Outcome, end.Error));
    }

    private static async Task CancelledTurnAsync(EmulatedProviders providers, ConversationUnderTest conversation)
    {
        providers.Emulator.Enqueue(Of(Call("echo", new { text = "quick" }), Call("hang")));
        var turn = await conversation.SayAsync("Do both, and wait.");
        await conversation.UntilAsync<SessionEvent>(_ => conversation.Of<SessionEvent.ToolChunk>().Any(chunk => chunk.ToolCall.Name == "hang")
            && conversation.Of<SessionEvent.ToolEnded>().Any(ended => ended.Turn == turn));
        await conversation.CancelAsync();
        Assert.Equal("cancelled", (await conversation.UntilAsync<SessionEvent.AgentResponse>()).Outcome);
    }

    private static IEnumerable<string> SignaturesOf(RecordedRequest request) =>
        request.Body.GetProperty("contents").EnumerateArray()
            .SelectMany(content => content.GetProperty("parts").EnumerateArray())
            .Where(part => part.TryGetProperty("thoughtSignature", out _))
            .Select(part => part.GetProperty("thoughtSignature").GetString()!);
}
