using Convonet.Emulator;
using static Convonet.Emulator.Scripts.Script;
using static Convonet.Tests.Emulator.EmulatorClient;

namespace Convonet.Tests.Emulator.Wire;

public sealed class GeminiRequestTests
{
    private const string User = """{"role":"user","parts":[{"text":"hi"}]}""";
    private const string Skip = "\"thoughtSignature\":\"skip_thought_signature_validator\"";

    [Theory]
    [InlineData("""{}""", "contents is not specified")]
    [InlineData("""{"contents":[{"role":"user","parts":[]}]}""", "contents[0].parts: contents.parts must not be empty.")]
    [InlineData("""{"contents":[{"role":"user","parts":[{}]}]}""", "required oneof field 'data' must have one initialized field")]
    [InlineData("""{"contents":[{"role":"assistant","parts":[{"text":"hi"}]}]}""", "Please use a valid role: user, model.")]
    [InlineData("""{"contents":[{"role":"model","parts":[{"text":"hi"}]}]}""", "end with a user role")]
    [InlineData("""{"contents":[{"role":"user","parts":[{"text":"hi"}],"name":"x"}]}""", "Unknown name \"name\" at 'contents[0]': Cannot find field.")]
    [InlineData("""{"messages":[]}""", "Invalid JSON payload received. Unknown name \"messages\": Cannot find field.")]
    public async Task Read_WrongContents_Refuses(string body, string message) => await AssertRefusedAsync(body, message);

    [Theory]
    [InlineData("call a", "result a", "result b", "number of function response parts is equal to the number of function call parts")]
    [InlineData("call a", "user", null, "number of function response parts is equal to the number of function call parts")]
    [InlineData("user", "result a", null, "function response turn comes immediately after a function call turn")]
    [InlineData("call a", "result b", null, "no function call with this name")]
    [InlineData("text", "call a", "result a", "function call turn comes immediately after a user turn")]
    public async Task Read_TurnsOutOfOrder_Refuses(string second, string third, string? fourth, string message)
    {
        var turns = new List<string> { User, Turn(second), Turn(third) };
        if (fourth is not null && third.StartsWith("result", StringComparison.Ordinal))
        {
            // Two results of one turn stand in one content.
            turns[^1] = turns[^1].Replace("]}", "," + Part(fourth) + "]}", StringComparison.Ordinal);
        }
        else if (fourth is not null)
        {
            turns.Add(Turn(fourth));
        }

        await AssertRefusedAsync($$"""{"contents":[{{string.Join(',', turns)}}]}""", message);
    }

    [Theory]
    [InlineData("\"$ref\":\"#/x\"", "Unknown name \"$ref\" at 'tools[0].function_declarations[0].parameters.properties[0].value': Cannot find field.")]
    [InlineData("\"type\":\"object\",\"additionalProperties\":false", "Unknown name \"additionalProperties\"")]
    [InlineData("\"oneOf\":[]", "Unknown name \"oneOf\"")]
    [InlineData("\"const\":1", "Unknown name \"const\"")]
    [InlineData("\"type\":[\"string\",\"null\"]", "Proto field is not repeating, cannot start list.")]
    [InlineData("\"type\":\"string\",\"format\":\"uuid\"", "properties[x].format: only 'enum' and 'date-time' are supported for STRING type")]
    [InlineData("\"type\":\"array\"", "properties[x].items: missing field.")]
    [InlineData("\"type\":\"object\",\"properties\":{}", "should be non-empty for OBJECT type")]
    [InlineData("\"type\":\"integer\",\"enum\":[\"1\"]", "enum: only allowed for STRING type")]
    [InlineData("\"type\":\"string\",\"enum\":[1]", "Invalid value at 'tools[0].function_declarations[0].parameters.properties[0].value.enum[0]' (TYPE_STRING), 1")]
    [InlineData("\"type\":\"text\"", "google.ai.generativelanguage.v1beta.Type), \"text\"")]
    public async Task Read_SchemaOutsideTheSubset_Refuses(string property, string message) =>
        await AssertRefusedAsync(
            """{"contents":[USER],"tools":[{"functionDeclarations":[{"name":"t","parameters":{"type":"object","properties":{"x":{PROPERTY}}}}]}]}"""
                .Replace("USER", User, StringComparison.Ordinal).Replace("PROPERTY", property, StringComparison.Ordinal),
            message);

    [Theory]
    [InlineData("""{"type":"OBJECT","properties":{"x":{"type":"STRING","format":"date-time","nullable":true,"description":"d"},"y":{"anyOf":[{"type":"integer"},{"type":"null"}]}},"required":["x"]}""")]
    [InlineData("""{"type":"object","properties":{"x":{"type":"array","items":{"type":"string","enum":["a","b"]},"minItems":1}},"propertyOrdering":["x"]}""")]
    public async Task Read_SchemaWithinTheSubset_Answers(string schema)
    {
        await using var client = await StartAsync();

        var events = await client.EventsAsync(
            EmulatedApi.Gemini, body: """{"contents":[USER],"tools":[{"function_declarations":[{"name":"t","parameters":SCHEMA}]}]}"""
                .Replace("USER", User, StringComparison.Ordinal).Replace("SCHEMA", schema, StringComparison.Ordinal));

        Assert.NotEmpty(TextOf(EmulatedApi.Gemini, events));
    }

    [Fact]
    public async Task Read_SignedCall_MustComeBackAsItWas()
    {
        await using var client = await StartAsync();
        var first = await client.EventsAsync(EmulatedApi.Gemini, Of(Call("a", new { n = 1.0, text = "é" }), Call("b")));
        var parts = first[0].GetProperty("candidates")[0].GetProperty("content").GetProperty("parts");
        var signature = Path(parts[0], "thoughtSignature");

        // The same arguments written differently are the same arguments.
        var signed = $",\"thoughtSignature\":\"{signature}\"}}";
        await AcceptedAsync("""{"functionCall":{"name":"a","args":{"text":"\u00e9","n":1}}""" + signed);
        await RefusedAsync("""{"functionCall":{"name":"a","args":{"text":"é","n":1}}}""", "missing a thought_signature in functionCall parts");
        await RefusedAsync("""{"functionCall":{"name":"a","args":{"text":"e","n":1}}""" + signed, "Invalid thought signature.");
        await RefusedAsync("""{"functionCall":{"name":"x","args":{"text":"é","n":1}}""" + signed, "Invalid thought signature.");
        await RefusedAsync("""{"functionCall":{"name":"a","args":{}},"thoughtSignature":"abc"}""", "Corrupted thought signature.");
        await AcceptedAsync("""{"functionCall":{"name":"a","args":{}},""" + Skip + "}");

        string Body(string call) =>
            """{"contents":[USER,{"role":"model","parts":[CALL,{"functionCall":{"name":"b","args":{}}}]},{"role":"user","parts":[{"functionResponse":{"name":"NAME","response":{}}},{"functionResponse":{"name":"b","response":{}}}]}]}"""
                .Replace("USER", User, StringComparison.Ordinal).Replace("CALL", call, StringComparison.Ordinal)
                .Replace("NAME", call.Contains("\"x\"", StringComparison.Ordinal) ? "x" : "a", StringComparison.Ordinal);

        async Task AcceptedAsync(string call) => Assert.NotEmpty(await client.EventsAsync(EmulatedApi.Gemini, body: Body(call)));

        async Task RefusedAsync(string call, string message) => Assert.Contains(message, (await client.RefusedAsync(EmulatedApi.Gemini, Body(call))).Message);
    }

    [Fact]
    public async Task Read_SignatureOfText_MayComeBack()
    {
        await using var client = await StartAsync();
        var events = await client.EventsAsync(EmulatedApi.Gemini, Of(Say("Hello")));
        var last = events[^1].GetProperty("candidates")[0].GetProperty("content").GetRawText();

        var second = await client.EventsAsync(EmulatedApi.Gemini, body: $$"""{"contents":[{{User}},{{last}},{{User}}]}""");

        Assert.NotEqual("", Path(events[^1], "candidates", 0, "content", "parts", 0, "thoughtSignature"));
        Assert.NotEmpty(second);
    }

    private static async Task AssertRefusedAsync(string body, string message)
    {
        await using var client = await StartAsync();

        var refused = await client.RefusedAsync(EmulatedApi.Gemini, body);

        Assert.Equal(400, refused.Status);
        Assert.Contains(message, refused.Message);
        Assert.Equal("INVALID_ARGUMENT", Path(refused.Body, "error", "status"));
    }

    private static string Turn(string turn) =>
        $$"""{"role":"{{(turn.Split(' ')[0] is "call" or "text" ? "model" : "user")}}","parts":[{{Part(turn)}}]}""";

    private static string Part(string turn) => turn.Split(' ') switch
    {
        ["call", var name] => $"{{\"functionCall\":{{\"name\":\"{name}\",\"args\":{{}}}},{Skip}}}",
        ["result", var name] => $"{{\"functionResponse\":{{\"name\":\"{name}\",\"response\":{{}}}}}}",
        _ => """{"text":"hi"}""",
    };
}
