using Convonet.Conversations;
using Convonet.Emulator;
using Convonet.Models;
using static Convonet.Emulator.Scripts.Script;

namespace Convonet.Tests.EndToEnd;

/// <summary>A piece that comes twice is a piece twice: no provider promises that it comes once, and none numbers its pieces so that one could tell.</summary>
public class TwiceTests
{
    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task Text_PieceThatComesTwice_IsShownAndRememberedTwice(EmulatedApi api)
    {
        await using var providers = await EmulatedProviders.StartAsync();
        providers.Emulator.Enqueue(Of(Say("One two three")).With("twice;after=1"));
        var conversation = providers.Converse(api);

        var end = await conversation.AskAsync();

        Assert.Equal(("completed", "One two two three"), (end.Outcome, end.Text));
        Assert.Equal(end.Text, string.Concat(conversation.Of<SessionEvent.TextChunk>().Select(chunk => chunk.Text)));
        Assert.Equal(end.Text, string.Concat(Assert.Single(conversation.History.OfType<HistoryItem.AssistantMessage>()).Parts.OfType<AssistantPart.Text>().Select(part => part.Value)));
        Assert.Equal(1, providers.RequestsTo(api));
        await providers.AssertQuietAsync();
    }

    /// <summary>A piece of arguments twice is no JSON: the tool does not run with what is half another's. A whole call twice is two calls.</summary>
    [Theory]
    [InlineData(EmulatedApi.Gemini, "same same")]
    [InlineData(EmulatedApi.Anthropic, "")]
    [InlineData(EmulatedApi.OpenAIChat, "")]
    [InlineData(EmulatedApi.OpenAIResponses, "")]
    public async Task Call_PieceThatComesTwice_RunsWholeOrNotAtAll(EmulatedApi api, string ran)
    {
        await using var providers = await EmulatedProviders.StartAsync();
        providers.Tools.Add(Echo.Tool);
        providers.Emulator.Enqueue(Of(Call("echo", new { text = "same" })).With($"twice;after={(api == EmulatedApi.Gemini ? 0 : 1)}"));
        providers.Emulator.Enqueue(Of(Say("Done.")));
        var conversation = providers.Converse(api);

        var end = await conversation.AskAsync();

        Assert.Equal(("completed", "Done."), (end.Outcome, end.Text));
        var results = Assert.Single(conversation.History.OfType<HistoryItem.ToolResults>()).Results;
        Assert.Equal(ran, string.Join(' ', results.Where(result => result.Outcome == Convonet.Tools.ToolOutcome.Ok).Select(result => result.Content)));
        Assert.All(results.Where(result => result.Outcome != Convonet.Tools.ToolOutcome.Ok), result => Assert.Contains("JSON", result.Content, StringComparison.OrdinalIgnoreCase));
        await providers.AssertQuietAsync();
    }
}
