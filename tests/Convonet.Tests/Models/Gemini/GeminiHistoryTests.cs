using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Tests.Models.Gemini;

public sealed class GeminiHistoryTests
{
    private const string Gemini3 = "gemini-3.5-flash";
    private const string Skip = "\"thoughtSignature\":\"skip_thought_signature_validator\"";

    private static readonly HistoryItem Question = new HistoryItem.UserMessage("Q");

    [Theory]
    [InlineData("gemini-3.5-flash-lite")]
    [InlineData("gemini-4-pro")]
    [InlineData("gemini-flash-latest")]
    public async Task Calls_OfAnotherProvider_FirstOneCarriesTheSkipMarker(string model)
    {
        var claude = new ProviderData("claude", """{"thinking":"secret"}""");

        var contents = await Canned.ContentsAsync(
            model,
            Question,
            Said(new AssistantPart.Text("Well.", claude), Call("c1", "a", data: claude), Call("c2", "b")),
            Results("c1", "c2"));

        Assert.Contains(
            """[{"text":"Well."},{"functionCall":{"name":"a","args":{}},"thoughtSignature":"skip_thought_signature_validator"},{"functionCall":{"name":"b","args":{}}}]""",
            contents,
            StringComparison.Ordinal);
        Assert.DoesNotContain("secret", contents, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_OfSeveralForeignSteps_EachStepHasItsMarker()
    {
        var contents = await Canned.ContentsAsync(
            Gemini3, Question, Said(Call("c1", "a")), Results("c1"), Said(Call("c2", "b"), Call("c3", "b")), Results("c2", "c3"));

        Assert.Equal(2, contents.Split(Skip).Length - 1);
    }

    [Theory]
    [InlineData("gemini-2.5-flash")]
    [InlineData("gemini-2.0-flash")]
    public async Task Calls_ForAModelThatDemandsNoSignature_HaveNoMarker(string model)
    {
        var contents = await Canned.ContentsAsync(model, Question, Said(Call("c1", "a")), Results("c1"));

        Assert.DoesNotContain("thoughtSignature", contents, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_WithOwnIds_SendThemOnBothSides()
    {
        var contents = await Canned.ContentsAsync(
            Gemini3,
            Question,
            Said(Call("c1", "a", data: Gemini("""{"id":"g-1","thoughtSignature":"s"}""")), Call("c2", "b", data: Gemini("""{"id":"g-2"}"""))),
            Results("c1", "c2"));

        Assert.Contains("""{"functionCall":{"id":"g-1","name":"a","args":{}},"thoughtSignature":"s"},{"functionCall":{"id":"g-2","name":"b","args":{}}}""", contents, StringComparison.Ordinal);
        Assert.Contains("""{"functionResponse":{"id":"g-1","name":"t","response":{"result":"r c1"}}},{"functionResponse":{"id":"g-2","name":"t","response":{"result":"r c2"}}}""", contents, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":"same"}""", """{"id":"same"}""")]
    [InlineData("""{"id":"one"}""", """{"thoughtSignature":"s"}""")]
    public async Task Calls_WithDoubledOrMissingIds_SendNone(string first, string second)
    {
        var contents = await Canned.ContentsAsync(
            Gemini3, Question, Said(Call("c1", "a", data: Gemini(first)), Call("c2", "b", data: Gemini(second))), Results("c1", "c2"));

        Assert.DoesNotContain("\"id\"", contents, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "{}")]
    [InlineData("  ", "{}")]
    [InlineData("{}", "{}")]
    [InlineData("""{"n":[1,{"x":null}]}""", """{"n":[1,{"x":null}]}""")]
    [InlineData("""{"city":"Par""", "{}")]
    [InlineData("[1]", "{}")]
    [InlineData("{} {}", "{}")]
    public async Task Arguments_OfAnyShape_AreAnObject(string arguments, string expected)
    {
        var contents = await Canned.ContentsAsync("gemini-2.5-flash", Question, Said(Call("c1", "a", arguments)), Results("c1"));

        Assert.Contains($$$"""{"functionCall":{"name":"a","args":{{{expected}}}}}""", contents, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ToolOutcome.Ok, "plain", """{"result":"plain"}""")]
    [InlineData(ToolOutcome.Ok, "", """{"result":""}""")]
    [InlineData(ToolOutcome.Ok, "42", """{"result":"42"}""")]
    [InlineData(ToolOutcome.Ok, """ {"a":1}""", """{"result":{"a":1}}""")]
    [InlineData(ToolOutcome.Ok, "[1,2]", """{"result":[1,2]}""")]
    [InlineData(ToolOutcome.Ok, """{"cut":""", """{"result":"{\"cut\":"}""")]
    [InlineData(ToolOutcome.Error, "It broke.", """{"error":"It broke."}""")]
    [InlineData(ToolOutcome.Error, """{"a":1}""", """{"error":"{\"a\":1}"}""")]
    [InlineData(ToolOutcome.Timeout, "Too slow.", """{"error":"Too slow."}""")]
    [InlineData(ToolOutcome.Cancelled, "Stopped.", """{"error":"Stopped."}""")]
    public async Task Result_OfAnyOutcome_IsAnObject(ToolOutcome outcome, string content, string expected)
    {
        var results = new HistoryItem.ToolResults([new ToolResult("c1", "t", outcome, content, TimeSpan.Zero)]);

        var contents = await Canned.ContentsAsync(Gemini3, Question, Said(Call("c1", "t")), results);

        Assert.Contains($$$"""{"role":"user","parts":[{"functionResponse":{"name":"t","response":{{{expected}}}}}]}""", contents, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_EmptyWithoutSignature_IsLeftOut()
    {
        var contents = await Canned.ContentsAsync(
            Gemini3, Question, Said(new AssistantPart.Text("")), Question, Said(new AssistantPart.Text(""), new AssistantPart.Text("A")), Question);

        Assert.Equal(
            """[{"role":"user","parts":[{"text":"Q"}]},{"role":"user","parts":[{"text":"Q"}]},{"role":"model","parts":[{"text":"A"}]},{"role":"user","parts":[{"text":"Q"}]}]""",
            contents);
    }

    [Fact]
    public async Task Text_EmptyWithSignature_IsKept()
    {
        var contents = await Canned.ContentsAsync(
            Gemini3, Question, Said(new AssistantPart.Text("A"), new AssistantPart.Text("", Gemini("""{"thoughtSignature":"s+/="}"""))), Question);

        Assert.Contains("""[{"text":"A"},{"text":"","thoughtSignature":"s+/="}]""", contents, StringComparison.Ordinal);
    }

    private static HistoryItem.AssistantMessage Said(params AssistantPart[] parts) => new(parts);

    private static AssistantPart.ToolUse Call(string id, string name, string arguments = "", ProviderData? data = null) =>
        new(new ToolCall(id, name, arguments, data));

    private static HistoryItem.ToolResults Results(params string[] ids) =>
        new([.. ids.Select(id => new ToolResult(id, "t", ToolOutcome.Ok, $"r {id}", TimeSpan.Zero))]);

    private static ProviderData Gemini(string json) => new("gemini", json);
}
