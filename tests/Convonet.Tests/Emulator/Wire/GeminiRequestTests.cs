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
    [InlineData("\"generationConfig\":{\"maxTokens\":9}", "Unknown name \"maxTokens\" at 'generation_config': Cannot find field.")]
    [InlineData("\"generation_config\":{\"thinkingBudget\":9}", "Unknown name \"thinkingBudget\" at 'generation_config': Cannot find field.")]
    [InlineData("\"generationConfig\":{\"thinkingConfig\":{\"budget\":9}}", "Unknown name \"budget\" at 'generation_config.thinking_config': Cannot find field.")]
    [InlineData("\"generationConfig\":{\"thinkingConfig\":{\"thinkingLevel\":\"huge\"}}", "v1beta.ThinkingConfig.ThinkingLevel), \"huge\"")]
    [InlineData("\"generationConfig\":{\"thinkingConfig\":{\"thinkingLevel\":\"low\",\"thinkingBudget\":9}}", "only one of thinking budget and thinking level")]
    [InlineData("\"generationConfig\":{\"maxOutputTokens\":\"many\"}", "Invalid value at 'generation_config.max_output_tokens' (TYPE_INT32), \"many\"")]
    [InlineData("\"generationConfig\":{\"maxOutputTokens\":1.5}", "Invalid value at 'generation_config.max_output_tokens' (TYPE_INT32), 1.5")]
    [InlineData("\"generationConfig\":{\"maxOutputTokens\":0}", "max_output_tokens must be positive.")]
    [InlineData("\"generationConfig\":{\"temperature\":[1]}", "Unknown name \"temperature\" at 'generation_config': Proto field is not repeating, cannot start list.")]
    [InlineData("\"generationConfig\":{\"temperature\":3}", "temperature must be in the range [0.0, 2.0].")]
    [InlineData("\"generationConfig\":\"x\"", "Invalid value at 'generation_config' (type.googleapis.com/google.ai.generativelanguage.v1beta.GenerationConfig), \"x\"")]
    [InlineData("\"toolConfig\":{\"mode\":\"NONE\"}", "Unknown name \"mode\" at 'tool_config': Cannot find field.")]
    [InlineData("\"toolConfig\":{\"functionCallingConfig\":{\"mode\":\"REQUIRED\"}}", "v1beta.FunctionCallingConfig.Mode), \"REQUIRED\"")]
    [InlineData("\"systemInstruction\":\"x\"", "Invalid value at 'system_instruction' (type.googleapis.com/google.ai.generativelanguage.v1beta.Content), \"x\"")]
    [InlineData("\"systemInstruction\":{\"text\":\"x\"}", "Unknown name \"text\" at 'system_instruction': Cannot find field.")]
    [InlineData("\"systemInstruction\":{\"parts\":[{\"content\":\"x\"}]}", "Unknown name \"content\" at 'system_instruction.parts[0]': Cannot find field.")]
    public async Task Read_WrongSetting_Refuses(string setting, string message) =>
        await AssertRefusedAsync($$"""{"contents":[{{User}}],{{setting}}}""", message);

    [Fact]
    public async Task Read_DocumentedSettings_Answers()
    {
        await using var client = await StartAsync();

        var events = await client.EventsAsync(EmulatedApi.Gemini, body: $$$$"""
            {"contents":[{{{{User}}}}],"system_instruction":{"role":"user","parts":[{"text":"s"}]},"safetySettings":[],"labels":{},
            "generationConfig":{"candidateCount":1,"max_output_tokens":"64","temperature":0.5,"topP":1,"topK":40.0,"seed":1,"stopSequences":["x"],"responseMimeType":"text/plain",
            "thinkingConfig":{"includeThoughts":false,"thinkingLevel":"LOW"},"responseModalities":["TEXT"],"mediaResolution":null},
            "toolConfig":{"functionCallingConfig":{"mode":"AUTO","allowedFunctionNames":["a"]}}}
            """);

        Assert.NotEqual("", TextOf(EmulatedApi.Gemini, events));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1a")]
    [InlineData("a b")]
    [InlineData("a\\n")]
    [InlineData("é")]
    [InlineData(null)]
    public async Task Read_WrongName_Refuses(string? name)
    {
        name ??= new string('a', 129);

        await AssertRefusedAsync($$"""{"contents":[{{User}},{{Turn("call @")}},{{Turn("result @")}}]}""".Replace("@", name, StringComparison.Ordinal), "contents[1].parts[0].function_call.name: ");
        await AssertRefusedAsync($$"""{"contents":[{{User}},{{Turn("call a")}},{{Turn("result @")}}]}""".Replace("@", name, StringComparison.Ordinal), "contents[2].parts[0].function_response.name: ");
        await AssertRefusedAsync($$"""{"contents":[{{User}}],"tools":[{"functionDeclarations":[{"name":"{{name}}"}]}]}""", "tools[0].function_declarations[0].name: Invalid function name.");
    }

    [Theory]
    [InlineData("gemini-2.5-flash", true)]
    [InlineData("gemini-1.5-pro", true)]
    [InlineData("gemini-3.5-flash", false)]
    [InlineData("a-tuned-model", false)]
    public async Task Read_CallWithoutSignature_IsForOlderModels(string model, bool accepted)
    {
        await using var client = await StartAsync(geminiModel: model);
        var name = "_a.b:c-" + new string('d', 121);
        var body = $$"""{"contents":[{{User}},{{Turn($"call {name}").Replace("," + Skip, "", StringComparison.Ordinal)}},{{Turn($"result {name}")}}]}""";

        using var response = await client.SendAsync(EmulatedApi.Gemini, body);

        Assert.Equal(accepted ? 200 : 400, (int)response.StatusCode);
    }

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
