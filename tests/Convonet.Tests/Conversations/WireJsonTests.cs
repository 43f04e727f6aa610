using System.Text.Json;
using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Server.Transport;
using Convonet.Tools;

namespace Convonet.Tests.Conversations;

public sealed class WireJsonTests
{
    [Theory]
    [InlineData("""{"title":"buy milk"}""", """{"title":"buy milk"}""")]
    [InlineData("", "{}")]
    [InlineData("""{"title":""", """
        "{\"title\":"
        """)]
    [InlineData("""{"title":"\ud83e\udd5b"}""", """{"title":"🥛"}""")]
    [InlineData("""{"title":"\ud83e"}""", """
        "{\"title\":\"\\ud83e\"}"
        """)]
    [InlineData("""{"\ud83e":1}""", """
        "{\"\\ud83e\":1}"
        """)]
    public void Arguments_WhateverTheModelWrote_CanBeSent(string arguments, string expected)
    {
        var sent = Send(new SessionEvent.ToolChunk(new("t", "id", WireJson.Arguments(arguments)), 1, 0)).GetProperty("tool_call").GetProperty("args");

        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), sent), sent.GetRawText());
    }

    [Fact]
    public void Arguments_HalfACharacter_CanBeSent()
    {
        var sent = Send(new SessionEvent.ToolChunk(new("t", "id", WireJson.Arguments("{\"title\":\"\ud83e\"}")), 1, 0));

        Assert.Equal(JsonValueKind.String, sent.GetProperty("tool_call").GetProperty("args").ValueKind);
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(1_000_000)]
    public void Arguments_VeryDeepOrVeryLong_CanBeSent(int depth)
    {
        var sent = Send(new SessionEvent.ToolChunk(new("t", "id", WireJson.Arguments(new string('[', depth))), 1, 0));

        Assert.InRange(sent.GetProperty("tool_call").GetProperty("args").GetString()!.Length, 1, depth);
    }

    [Fact]
    public void Result_ForeignJsonThatCannotBeWritten_GoesOutAsText()
    {
        var result = new ToolResult("id", "t", ToolOutcome.Ok, "what the model reads", TimeSpan.Zero, JsonElement.Parse("""["\udc00"]"""));

        Assert.Equal("what the model reads", WireJson.Result(result).GetString());
    }

    [Fact]
    public void Text_HalfACharacter_CanBeSent() => Assert.Equal("a\ufffd", Send(new SessionEvent.TextChunk("a\ud83e", 1)).GetProperty("text").GetString());

    [Theory]
    [InlineData(TurnOutcome.Completed, "completed")]
    [InlineData(TurnOutcome.Truncated, "truncated")]
    [InlineData(TurnOutcome.Blocked, "blocked")]
    [InlineData(TurnOutcome.Stalled, "stalled")]
    [InlineData(TurnOutcome.TimedOut, "timed_out")]
    [InlineData(TurnOutcome.Cancelled, "cancelled")]
    [InlineData(TurnOutcome.Failed, "failed")]
    [InlineData(ToolOutcome.Ok, "ok")]
    [InlineData(ToolOutcome.Error, "error")]
    [InlineData(ToolOutcome.Timeout, "timeout")]
    [InlineData(ToolOutcome.Cancelled, "cancelled")]
    [InlineData(StatusCode.Waiting, "waiting")]
    [InlineData(StatusCode.Retrying, "retrying")]
    [InlineData(StatusCode.Fallback, "fallback")]
    public void Word_EachValue_IsTheProtocolsWord(Enum value, string word) => Assert.Equal(word, WireJson.Word(value));

    private static JsonElement Send(SessionEvent sessionEvent) => JsonElement.Parse(EventJson.Encode(sessionEvent)).GetProperty("data");
}
