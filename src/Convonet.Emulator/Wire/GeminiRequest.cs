using System.Text.Json;
using Convonet.Emulator.Brain;

namespace Convonet.Emulator.Wire;

/// <summary>Reads a Gemini request and refuses what the API refuses: unknown fields, empty parts, turns out of order, missing signatures.</summary>
internal static class GeminiRequest
{
    private static readonly string[] PartFields =
    [
        "text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult", "toolCall", "toolResponse",
        "thought", "thoughtSignature", "videoMetadata", "partMetadata", "mediaResolution",
    ];

    private static readonly string[] DataFields = [.. PartFields.Take(9)];
    private static readonly string[] CallFields = ["id", "name", "args", "partialArgs", "willContinue"];
    private static readonly string[] ResponseFields = ["id", "name", "response", "willContinue", "scheduling", "parts"];

    internal static Prompt Read(string model, bool stream, JsonElement body, int inputTokens)
    {
        var unknown = new GeminiFields();
        GeminiSettings.CheckFields(unknown, body);
        var system = body.Get("systemInstruction", "system_instruction");
        CheckFields(unknown, system, "system_instruction");
        var contents = body.Get("contents").Items().ToList();
        for (var i = 0; i < contents.Count; i++)
        {
            CheckFields(unknown, contents[i], $"contents[{i}]");
        }

        GeminiTools.CheckFields(unknown, body.Get("tools"));
        unknown.ThrowIfAny();
        GeminiSettings.CheckValues(body);
        GeminiTools.Check(body.Get("tools"));
        CheckContents(contents, SignsCalls(model));
        return new Prompt(
            model,
            string.Join('\n', system.Get("parts").Items().Select(part => part.Get("text").AsString())),
            Turns(contents),
            GeminiSettings.AllowsCalls(body) ? GeminiTools.Declared(body.Get("tools")) : [],
            stream,
            inputTokens);
    }

    private static void CheckFields(GeminiFields unknown, JsonElement content, string path)
    {
        unknown.Check(content, ["parts", "role"], path);
        foreach (var (i, part) in content.Get("parts").Items().Index())
        {
            unknown.Check(part, PartFields, $"{path}.parts[{i}]");
            unknown.Check(Call(part), CallFields, $"{path}.parts[{i}].function_call");
            unknown.Check(Response(part), ResponseFields, $"{path}.parts[{i}].function_response");
            unknown.Struct(Call(part).Get("args"), $"{path}.parts[{i}].function_call.args");
            unknown.Struct(Response(part).Get("response"), $"{path}.parts[{i}].function_response.response");
        }
    }

    private static void CheckContents(List<JsonElement> contents, bool signsCalls)
    {
        if (contents.Count == 0)
        {
            throw Reject("* GenerateContentRequest.contents: contents is not specified\n");
        }

        for (var i = 0; i < contents.Count; i++)
        {
            CheckParts(contents[i], i);
            CheckOrder(contents, i);
            CheckSignatures(contents[i], i, signsCalls);
        }

        if (RoleOf(contents[^1]) != "user")
        {
            throw Reject("Please ensure that multiturn requests end with a user role or a function response.");
        }
    }

    private static void CheckParts(JsonElement content, int index)
    {
        if (RoleOf(content) is not ("user" or "model"))
        {
            throw Reject("Please use a valid role: user, model.");
        }

        var parts = content.Get("parts").Items().ToList();
        if (parts.Count == 0)
        {
            throw Reject($"* GenerateContentRequest.contents[{index}].parts: contents.parts must not be empty.\n");
        }

        foreach (var (i, part) in parts.Index())
        {
            var hasData = DataFields.Any(field => !part.Get(field, GeminiFields.Snake(field)).IsMissing());

            // The API itself ends answers with an empty text; from a user an empty text is nothing.
            if (!hasData || (part.Get("text").AsString() == "" && RoleOf(content) == "user"))
            {
                throw Reject($"* GenerateContentRequest.contents[{index}].parts[{i}].data: required oneof field 'data' must have one initialized field\n");
            }

            CheckName(Call(part), $"* GenerateContentRequest.contents[{index}].parts[{i}].function_call");
            CheckName(Response(part), $"* GenerateContentRequest.contents[{index}].parts[{i}].function_response");
        }
    }

    private static void CheckName(JsonElement function, string path)
    {
        if (function.IsMissing())
        {
            return;
        }

        if (NameOf(function).Length == 0)
        {
            throw Reject($"{path}.name: Name cannot be empty.\n");
        }

        GeminiTools.CheckName(NameOf(function), path);
    }

    private static void CheckOrder(List<JsonElement> contents, int index)
    {
        var calls = Parts(contents[index], Call);
        var responses = Parts(contents[index], Response);
        if (calls.Count > 0 && (index == 0 || RoleOf(contents[index - 1]) != "user" || RoleOf(contents[index]) != "model"))
        {
            throw Reject("Please ensure that function call turn comes immediately after a user turn or after a function response turn.");
        }

        if (responses.Count > 0 && (index == 0 || Parts(contents[index - 1], Call).Count == 0))
        {
            throw Reject("Please ensure that function response turn comes immediately after a function call turn.");
        }

        if (calls.Count > 0 && index + 1 < contents.Count)
        {
            CheckAnswers(calls, Parts(contents[index + 1], Response), index + 1);
        }
    }

    private static void CheckAnswers(List<JsonElement> calls, List<JsonElement> responses, int index)
    {
        if (calls.Count != responses.Count)
        {
            throw Reject("Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.");
        }

        foreach (var (i, response) in responses.Index())
        {
            var name = response.Get("name").AsString();
            if (calls.Count(call => call.Get("name").AsString() == name) != responses.Count(other => other.Get("name").AsString() == name))
            {
                throw Reject($"* GenerateContentRequest.contents[{index}].parts[{i}].function_response.name: no function call with this name in the function call turn.\n");
            }

            // An id is optional, but one that is given has to be the id of a call.
            if (response.Get("id").AsString() is { } id && !calls.Any(call => call.Get("id").AsString() is not { } known || known == id))
            {
                throw Reject($"* GenerateContentRequest.contents[{index}].parts[{i}].function_response.id: no function call with this id in the function call turn.\n");
            }
        }
    }

    /// <summary>The API checks the current turn only; the emulator checks every turn, so that tests find a lost signature early.</summary>
    private static void CheckSignatures(JsonElement content, int index, bool signsCalls)
    {
        var isFirstCall = true;
        foreach (var part in content.Get("parts").Items())
        {
            var call = Call(part);
            var signature = Signature(part);
            var name = call.Get("name").AsString() ?? "";
            var problem = (call.IsMissing(), signature) switch
            {
                (true, null) => null,
                (true, { } text) => GeminiSignature.CheckText(text),
                (false, { } given) => GeminiSignature.CheckCall(given, name, call.Get("args")),
                (false, null) when isFirstCall && signsCalls =>
                    "Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing "
                    + "thought_signature may lead to degraded model performance. Additional data, function call "
                    + $"`default_api:{name}` , position {index + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.",
                _ => null,
            };
            isFirstCall &= call.IsMissing();
            if (problem is not null)
            {
                throw Reject(problem);
            }
        }
    }

    /// <summary>Models before Gemini 3 do not insist on signatures, <see href="https://ai.google.dev/gemini-api/docs/thought-signatures"/>.</summary>
    private static bool SignsCalls(string model) =>
        !model.StartsWith("gemini-1", StringComparison.Ordinal) && !model.StartsWith("gemini-2", StringComparison.Ordinal);

    private static List<Turn> Turns(List<JsonElement> contents)
    {
        var turns = new List<Turn>();
        foreach (var content in contents)
        {
            var texts = content.Get("parts").Items().Where(part => !part.Get("thought").IsTrue()).Select(part => part.Get("text").AsString() ?? "");
            if (RoleOf(content) == "model")
            {
                turns.Add(new Turn.Model(string.Concat(texts), [.. Parts(content, Call).Select(call => new PromptCall(call.Get("id").AsString() ?? "", NameOf(call), call.Get("args")))]));
                continue;
            }

            if (Parts(content, Response) is { Count: > 0 } responses)
            {
                turns.Add(new Turn.Results([.. responses.Select(ToResult)]));
            }

            // Two messages of the user in a row come as one, of two parts.
            turns.AddRange(texts.Where(text => text.Length > 0).Select(text => new Turn.User(text)));
        }

        return turns;
    }

    /// <summary>The API has no flag for errors: by its documentation a result is under <c>output</c> and a failure under <c>error</c>.</summary>
    private static PromptResult ToResult(JsonElement response)
    {
        var content = response.Get("response");
        var error = content.Get("error");
        return new PromptResult(response.Get("id").AsString() ?? "", NameOf(response), error.IsMissing() ? content : error, !error.IsMissing());
    }

    private static string NameOf(JsonElement function) => function.Get("name").AsString() ?? "";

    private static string RoleOf(JsonElement content) => content.Get("role").AsString() ?? "user";

    private static JsonElement Call(JsonElement part) => part.Get("functionCall", "function_call");

    private static JsonElement Response(JsonElement part) => part.Get("functionResponse", "function_response");

    private static string? Signature(JsonElement part) => part.Get("thoughtSignature", "thought_signature").AsString();

    private static List<JsonElement> Parts(JsonElement content, Func<JsonElement, JsonElement> pick) =>
        [.. content.Get("parts").Items().Select(pick).Where(found => !found.IsMissing())];

    private static RejectedException Reject(string message) => new(new Rejection(400, message));
}
