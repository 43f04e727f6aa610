using Convonet.Models;
using Convonet.Tests.Fakes;
using static Convonet.Tests.Models.Claude.ClaudeWire;

namespace Convonet.Tests.Models.Claude;

/// <summary>Pieces of text are read beside the SDK: these and no others.</summary>
public sealed class ClaudeEventsTests
{
    [Theory]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a \"b\"\n\ud83d\ude00"}}""", "a \"b\"\n😀")]
    [InlineData("""{"delta":{"text":"first","more":{"text":"no"},"type":"text_delta"},"x":["text"],"index":0,"type":"content_block_delta"}""", "first")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}""", "")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"thought"}}""", "")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"text":"new","type":"new_delta"}}""", "")]
    [InlineData("""{"type":"new_event","delta":{"type":"text_delta","text":"new"}}""", "")]
    [InlineData("""{"delta":{"type":"text_delta","text":"new"},"type":"new_event"}""", "")]
    public async Task StreamAsync_OneEvent_IsTextIfItIsAPieceOfText(string json, string text)
    {
        var updates = await Model(Start, TextStart(0), json, BlockStop(0), End("end_turn"), Stop).AskAsync(ModelCalls.Hello);

        Assert.Equal(text, updates.Text());
        Assert.Equal(text.Length == 0 ? 0 : 1, updates.OfType<ModelUpdate.TextDelta>().Count());
    }

    [Theory]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"half""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"two"}} {}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":7}}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta"}}""")]
    [InlineData("null")]
    public async Task StreamAsync_OneBrokenEvent_Throws(string data)
    {
        var (failure, _) = await Model(CannedHttpHandler.Streaming($"{Sse(Start)}event: content_block_delta\ndata: {data}\n\n{Sse(Stop)}")).AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(ModelErrorKind.Protocol, failure.Kind);
    }
}
