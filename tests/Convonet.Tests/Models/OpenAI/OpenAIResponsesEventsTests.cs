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

    [Theory]
    [InlineData("""{"type":"response.completed","response":{"usage":{"input_tokens":20,"input_tokens_details":{"cached_tokens":5},"output_tokens":7}}}""", 20, 7, 5)]
    [InlineData("""{"type":"response.completed","response":{"usage":{"input_tokens":20,"input_tokens_details":{"cached_tokens":5,"cache_write_tokens":11},"output_tokens":7}}}""", 20, 7, 5, 11)]
    [InlineData("""{"type":"response.incomplete","response":{"usage":{"input_tokens":20,"input_tokens_details":{"cached_tokens":5,"cache_write_tokens":11},"output_tokens":7}}}""", 20, 7, 5, 11)]
    [InlineData("""{"response":{"tools":[{"usage":{"input_tokens":1}}],"usage":{"output_tokens":7,"x":[],"input_tokens":20}},"type":"response.completed"}""", 20, 7, 0)]
    [InlineData("""{"type":"response.incomplete","response":{"usage":{"input_tokens":20,"output_tokens":7}}}""", 20, 7, 0)]
    public async Task StreamAsync_End_TellsWhatWasUsed(string json, int read, int written, int cached, int kept = 0)
    {
        var updates = await Model(Created, Text("a"), json).AskAsync(ModelCalls.Hello);

        Assert.Equal(new ModelUpdate.Usage(read, written, cached, kept), Assert.Single(updates.OfType<ModelUpdate.Usage>()));
        Assert.IsType<ModelUpdate.Completed>(updates[^1]);
    }

    [Theory]
    [InlineData("""{"type":"response.completed","response":{"status":"completed","usage":null}}""")]
    [InlineData("""{"type":"response.completed"}""")]
    public async Task StreamAsync_EndWithoutUsage_IsTheEnd(string json)
    {
        var updates = await Model(Created, Text("a"), json).AskAsync(ModelCalls.Hello);

        Assert.Equal(["text:a", "end:Stop"], updates.Script());
    }

    [Fact]
    public async Task StreamAsync_AnswerRepeatedInWhole_IsTextOnce()
    {
        var updates = await Model(
            Created,
            """{"type":"response.in_progress","response":{"output":[{"type":"message","content":[{"type":"output_text","text":"a"}]}]}}""",
            MessageAdded,
            """{"type":"response.content_part.added","item_id":"msg_1","part":{"type":"output_text","text":""}}""",
            Text("a"),
            """{"type":"response.output_text.done","item_id":"msg_1","text":"a"}""",
            """{"type":"response.content_part.done","item_id":"msg_1","part":{"type":"output_text","text":"a"}}""",
            """{"type":"response.output_item.done","output_index":0,"item":{"id":"msg_1","type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]}}""",
            Completed).AskAsync(ModelCalls.Hello);

        Assert.Equal(["text:a", "end:Stop"], updates.Script());
    }
}
