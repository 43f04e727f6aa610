using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Convonet.Models;
using Convonet.Models.Gemini;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Models.Gemini;

/// <summary>Short ways to a model over canned answers.</summary>
internal static class Canned
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static GeminiChatModel Model(
        CannedHttpHandler handler, GeminiOptions? options = null, ILogger<GeminiChatModel>? logger = null, TimeProvider? time = null) =>
        new(handler.Client(), options ?? new GeminiOptions { ApiKey = "key-1" }, logger ?? NullLogger<GeminiChatModel>.Instance, time);

    public static ModelRequest Request(params HistoryItem[] history) =>
        new("call_7_0", "", history.Length > 0 ? history : [new HistoryItem.UserMessage("Hi")], []);

    /// <summary>Chunks as Gemini frames them.</summary>
    public static string Sse(params string[] chunks) => string.Concat(chunks.Select(c => $"data: {c}\r\n\r\n"));

    public static string Text(string text, string? finish = null) =>
        $$$"""{"candidates":[{"content":{"parts":[{"text":{{{JsonSerializer.Serialize(text)}}}}],"role":"model"}{{{(finish is null ? "" : $",\"finishReason\":\"{finish}\"")}}},"index":0}]}""";

    public static string Parts(string parts, string? finish = null) =>
        $$$"""{"candidates":[{"content":{"parts":[{{{parts}}}],"role":"model"}{{{(finish is null ? "" : $",\"finishReason\":\"{finish}\"")}}},"index":0}]}""";

    public static async Task<List<ModelUpdate>> ReadAsync(GeminiChatModel model, ModelRequest? request = null)
    {
        var updates = new List<ModelUpdate>();
        await foreach (var update in model.StreamAsync(request ?? Request(), TestContext.Current.CancellationToken))
        {
            updates.Add(update);
        }

        return updates;
    }

    public static Task<List<ModelUpdate>> ReadAsync(string body, ModelRequest? request = null) =>
        ReadAsync(Model(CannedHttpHandler.Streaming(body)), request);

    public static async Task<ModelException> FailAsync(CannedHttpHandler handler, TimeProvider? time = null) =>
        await Assert.ThrowsAsync<ModelException>(() => ReadAsync(Model(handler, time: time)));

    /// <summary>The body that a request makes, byte for byte.</summary>
    public static async Task<string> BodyAsync(ModelRequest request, GeminiOptions? options = null)
    {
        var handler = CannedHttpHandler.Streaming(Sse(Text("ok", "STOP")));
        await ReadAsync(Model(handler, options), request);
        return Assert.Single(handler.Requests).Body;
    }

    /// <summary>The <c>contents</c> that a history makes.</summary>
    public static async Task<string> ContentsAsync(string model, params HistoryItem[] history)
    {
        var body = await BodyAsync(Request(history), new GeminiOptions { Model = model });
        return Minify(JsonNode.Parse(body)!["contents"]!.ToJsonString(Plain));
    }

    /// <summary>JSON without its white space, in the same order.</summary>
    public static string Minify(string json) => JsonNode.Parse(json)!.ToJsonString(Plain);

    public static AIFunctionDeclaration Tool(string name, string schema, string description = "") =>
        AIFunctionFactory.CreateDeclaration(name, description, JsonElement.Parse(schema));
}
