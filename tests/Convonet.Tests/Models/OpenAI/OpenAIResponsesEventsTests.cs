using Convonet.Models;
using Convonet.Tests.Fakes;
using static Convonet.Tests.Models.OpenAI.OpenAIResponsesWire;

namespace Convonet.Tests.Models.OpenAI;

/// <summary>Pieces of text are read beside the SDK: these and no others.</summary>
public sealed class OpenAIResponsesEventsTests
{
    [Theory]
    [InlineData("""{"type":"response.output_text.delta","delta":"a \"b\"\n\ud83d\ude00"}""", "a \"b\"\n😀")]
    [InlineData("""{"delta":"first","logprobs":[{"delta":"no"}],"x":{"type":"y"},"type":"response.output_text.delta"}""", "first")]
    [InlineData("""{"type":"response.output_text.delta","delta":""}""", "")]
    [InlineData("""{"type":"response.reasoning_summary_text.delta","item_id":"a","output_index":0,"summary_index":0,"delta":"thought"}""", "")]
    [InlineData("""{"delta":"thought","item_id":"a","output_index":0,"summary_index":0,"type":"response.reasoning_summary_text.delta"}""", "")]
    [InlineData("""{"type":"response.something.new","delta":"new"}""", "")]
    public async Task StreamAsync_OneEvent_IsTextIfItIsAPieceOfText(string json, string text)
    {
        var updates = await Model(Created, MessageAdded, json, Completed).AskAsync(ModelCalls.Hello);

        Assert.Equal(text, updates.Text());
        Assert.Equal(text.Length == 0 ? 0 : 1, updates.OfType<ModelUpdate.TextDelta>().Count());
    }

    [Theory]
    [InlineData("""{"type":"response.output_text.delta","delta":"half""", ModelErrorKind.Protocol)]
    [InlineData("""{"type":"response.output_text.delta","delta":"two"} {}""", ModelErrorKind.Protocol)]
    [InlineData("""{"type":"response.output_text.delta","delta":7}""", ModelErrorKind.Protocol)]
    [InlineData("[DONE]", ModelErrorKind.Unfinished)]
    public async Task StreamAsync_OneBrokenEvent_Throws(string data, ModelErrorKind kind)
    {
        var (failure, _) = await Model(CannedHttpHandler.Streaming($"{Sse(Created, Text("a"))}data: {data}\n\n{Sse(Completed)}")).AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(kind, failure.Kind);
    }
}
