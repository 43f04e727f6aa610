using Convonet.Models;
using Convonet.Models.Gemini;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Extensions.AI;

namespace Convonet.Tests.Models.Gemini;

public sealed class GeminiRequestTests
{
    private static readonly AIFunctionDeclaration Weather = Canned.Tool(
        "get_weather", """{"type":"object","properties":{"city":{"type":"string","description":"A city"}},"required":["city"]}""", "Tells the weather");

    [Fact]
    public async Task Send_PlainQuestion_AsksTheDocumentedAddress()
    {
        var handler = CannedHttpHandler.Streaming(Canned.Sse(Canned.Text("ok", "STOP")));
        var options = new GeminiOptions { ApiKey = " key-1\n", BaseAddress = new Uri("http://127.0.0.1:4010/gemini"), Model = "gemini-x" };

        await Canned.ReadAsync(Canned.Model(handler, options));

        var (method, uri, headers, _, contentType) = Assert.Single(handler.Requests);
        Assert.Equal(HttpMethod.Post, method);
        Assert.Equal("http://127.0.0.1:4010/gemini/v1beta/models/gemini-x:streamGenerateContent?alt=sse", uri.AbsoluteUri);
        Assert.Equal("key-1", Assert.Single(headers.GetValues("x-goog-api-key")));
        Assert.Equal("application/json; charset=utf-8", contentType);
    }

    [Fact]
    public async Task Write_EveryKindOfContent_IsTheExactRequest()
    {
        HistoryItem[] history =
        [
            new HistoryItem.UserMessage("Wie ist das Wetter in Köln + \"Bonn\"? 🌦"),
            new HistoryItem.AssistantMessage(
            [
                new AssistantPart.Text("Let me look. "),
                new AssistantPart.ToolUse(new ToolCall("call_1_0_0", "get_weather", """{ "city": "Köln" }""", new ProviderData("gemini", """{"thoughtSignature":"c2ln+/=="}"""))),
                new AssistantPart.ToolUse(new ToolCall("call_1_0_1", "get_weather", """{"city":"Bonn"}""")),
            ]),
            new HistoryItem.ToolResults(
            [
                new ToolResult("call_1_0_0", "get_weather", ToolOutcome.Ok, """{"sky":"grey"}""", TimeSpan.Zero),
                new ToolResult("call_1_0_1", "get_weather", ToolOutcome.Timeout, "The tool took longer than 6 s.", TimeSpan.Zero),
            ]),
            new HistoryItem.AssistantMessage([new AssistantPart.Text("Grey.")]),
            new HistoryItem.UserMessage("Thanks"),
        ];
        var request = new ModelRequest("call_2_0", "Be brief.", history, [Weather]);
        var options = new GeminiOptions { Model = "gemini-3.5-flash-lite", MaxOutputTokens = 100, Temperature = 0.5, ThinkingLevel = "low" };

        var body = await Canned.BodyAsync(request, options);

        // The first call's arguments keep the model's own spaces, so that a cached prompt prefix stays the same.
        Assert.Contains("""{ "city": "Köln" }""", body, StringComparison.Ordinal);
        Assert.Equal(
            Canned.Minify("""
            {
              "systemInstruction": {"parts": [{"text": "Be brief."}]},
              "contents": [
                {"role": "user", "parts": [{"text": "Wie ist das Wetter in Köln + \"Bonn\"? 🌦"}]},
                {"role": "model", "parts": [
                  {"text": "Let me look. "},
                  {"functionCall": {"name": "get_weather", "args": {"city": "Köln"}}, "thoughtSignature": "c2ln+/=="},
                  {"functionCall": {"name": "get_weather", "args": {"city": "Bonn"}}}
                ]},
                {"role": "user", "parts": [
                  {"functionResponse": {"name": "get_weather", "response": {"result": {"sky": "grey"}}}},
                  {"functionResponse": {"name": "get_weather", "response": {"error": "The tool took longer than 6 s."}}}
                ]},
                {"role": "model", "parts": [{"text": "Grey."}]},
                {"role": "user", "parts": [{"text": "Thanks"}]}
              ],
              "tools": [{"functionDeclarations": [{
                "name": "get_weather",
                "description": "Tells the weather",
                "parameters": {"type": "OBJECT", "properties": {"city": {"type": "STRING", "description": "A city"}}, "required": ["city"]}
              }]}],
              "generationConfig": {"maxOutputTokens": 100, "temperature": 0.5, "thinkingConfig": {"thinkingLevel": "low"}}
            }
            """),
            Canned.Minify(body));
    }

    [Fact]
    public async Task Write_Defaults_LeavesOutWhatIsNotSet()
    {
        var body = await Canned.BodyAsync(Canned.Request());

        Assert.Equal("""{"contents":[{"role":"user","parts":[{"text":"Hi"}]}],"generationConfig":{"maxOutputTokens":4096}}""", body);
    }

    [Fact]
    public async Task Write_ThinkingBudget_IsSent()
    {
        var body = await Canned.BodyAsync(Canned.Request(), new GeminiOptions { ThinkingBudget = 0 });

        Assert.EndsWith(""","generationConfig":{"maxOutputTokens":4096,"thinkingConfig":{"thinkingBudget":0}}}""", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ToolChoiceNone_KeepsTheDeclarationsAndForbidsCalls()
    {
        var body = await Canned.BodyAsync(Canned.Request() with { Tools = [Weather], ToolChoice = ToolChoice.None });

        Assert.Contains("\"functionDeclarations\":[{\"name\":\"get_weather\"", body, StringComparison.Ordinal);
        Assert.Contains(""","toolConfig":{"functionCallingConfig":{"mode":"NONE"}},""", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ToolChoiceNoneWithoutTools_SendsNoToolConfig()
    {
        var body = await Canned.BodyAsync(Canned.Request() with { ToolChoice = ToolChoice.None });

        Assert.DoesNotContain("tool", body, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Write_ToolWithoutParameters_DeclaresNone()
    {
        var tool = Canned.Tool("get_time", """{"type":"object","properties":{}}""", "Tells the time");

        var body = await Canned.BodyAsync(Canned.Request() with { Tools = [tool] });

        Assert.Contains("""[{"functionDeclarations":[{"name":"get_time","description":"Tells the time"}]}]""", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_HalfASurrogate_IsReplacedAndStillValidJson()
    {
        var body = await Canned.BodyAsync(Canned.Request(new HistoryItem.UserMessage("a\ud83db")));

        Assert.Contains("\uFFFD", Canned.Minify(body).Replace("\\uFFFD", "\uFFFD", StringComparison.OrdinalIgnoreCase), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_HugeHistory_IsSentWhole()
    {
        var text = new string('x', 300_000);

        var body = await Canned.BodyAsync(Canned.Request(new HistoryItem.UserMessage(text)));

        Assert.Contains(text, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_ToolOfAnySteps_IsConvertedAndReportedOnce()
    {
        var logger = new ListLogger<GeminiChatModel>();
        var model = Canned.Model(CannedHttpHandler.Streaming(Canned.Sse(Canned.Text("ok", "STOP"))), logger: logger);
        var mail = Canned.Tool("mail", """{"type":"object","properties":{"to":{"type":"string","format":"email"}}}""");
        var request = Canned.Request() with { Tools = [mail, Weather] };

        await Canned.ReadAsync(model, request);
        await Canned.ReadAsync(model, request);

        var line = Assert.Single(logger.Lines, l => l.Text.Contains("mail", StringComparison.Ordinal));
        Assert.Equal("Gemini's schema cannot say all of tool mail's parameters; left out: $.to: format email.", line.Text);
        Assert.DoesNotContain(logger.Lines, l => l.Text.Contains("get_weather", StringComparison.Ordinal));
    }
}
