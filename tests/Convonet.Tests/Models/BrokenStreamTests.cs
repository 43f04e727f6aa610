using System.Text.Json.Nodes;
using Convonet.Models;
using Convonet.Tests.Fakes;
using Convonet.Tests.Models.Claude;
using Convonet.Tests.Models.OpenAI;
using CsCheck;

namespace Convonet.Tests.Models;

/// <summary>
/// Whatever a server sends, an adapter ends with its one last update or throws its one exception, and never makes a call ready whose
/// arguments were cut off. The streams here are right but for one value that is replaced, or for their end that is missing.
/// </summary>
public sealed class BrokenStreamTests
{
    private static readonly string[] Replacements = ["null", "7", "-1", "1.5", "\"x\"", "[]", "{}", "[null]", "true"];

    private static readonly string[] ClaudeStream =
    [
        ClaudeWire.Start, ClaudeWire.TextStart(0), ClaudeWire.Text(0, "Hm"), ClaudeWire.BlockStop(0), ClaudeWire.ToolStart(1, "get_weather"),
        ClaudeWire.PartialJson(1, """{"city":"""), ClaudeWire.PartialJson(1, "\"Bern\"}"), ClaudeWire.BlockStop(1), ClaudeWire.End("tool_use"), ClaudeWire.Stop,
    ];

    private static readonly string[] ChatStream =
    [
        OpenAIChatWire.Text("Hm"), OpenAIChatWire.Call(0, "a", "get_weather", ""), OpenAIChatWire.Call(0, null, null, """{"city":"""),
        OpenAIChatWire.Call(0, null, null, "\"Bern\"}"), OpenAIChatWire.Finish("tool_calls"), OpenAIChatWire.Usage,
    ];

    private static readonly string[] ResponsesStream =
    [
        OpenAIResponsesWire.Created, OpenAIResponsesWire.MessageAdded, OpenAIResponsesWire.Text("Hm"), OpenAIResponsesWire.CallAdded(1, "get_weather"),
        OpenAIResponsesWire.ArgumentsDelta(1, """{"city":"""), OpenAIResponsesWire.ArgumentsDelta(1, "\"Bern\"}"),
        OpenAIResponsesWire.ArgumentsDone(1, """{"city":"Bern"}"""), OpenAIResponsesWire.CallDone(1, "get_weather", """{"city":"Bern"}"""), OpenAIResponsesWire.Completed,
    ];

    [Fact]
    public Task StreamAsync_OneWrongValueFromClaude_EndsOrThrowsModelException() =>
        CheckEveryValueAsync(ClaudeStream, events => ClaudeWire.Model(Streaming(events)));

    [Fact]
    public Task StreamAsync_OneWrongValueFromChatCompletions_EndsOrThrowsModelException() =>
        CheckEveryValueAsync(ChatStream, chunks => OpenAIChatWire.Model(Streaming(chunks)));

    [Fact]
    public Task StreamAsync_OneWrongValueFromResponses_EndsOrThrowsModelException() =>
        CheckEveryValueAsync(ResponsesStream, events => OpenAIResponsesWire.Model(Streaming(events)));

    [Fact]
    public Task StreamAsync_CutAnywhere_ThrowsUnfinishedOrUnreachable() =>
        Gen.Select(Gen.Int[0, 2], Gen.Double[0, 1], Gen.Bool, Gen.Int[1, 64]).SampleAsync(async (provider, part, broken, pieceSize) =>
        {
            var (stream, model) = provider switch
            {
                0 => (ClaudeWire.Sse(ClaudeStream[..^1]), (Func<CannedHttpHandler, IChatModel>)(handler => ClaudeWire.Model(handler))),
                1 => (OpenAIChatWire.Sse(ChatStream[..^2]), handler => OpenAIChatWire.Model(handler)),
                _ => (OpenAIResponsesWire.Sse(ResponsesStream[..^1]), handler => OpenAIResponsesWire.Model(handler)),
            };
            var body = new PiecewiseStream().Text(stream[..(int)(stream.Length * part)], pieceSize);

            var (failure, before) = await model(CannedHttpHandler.Streaming(broken ? body.Break() : body)).AskAndFailAsync(ModelCalls.WithTools);

            // A connection that breaks before the first event was never an answer.
            Assert.True(failure.Kind == ModelErrorKind.Unfinished || (broken && before.Count == 0 && failure.Kind == ModelErrorKind.Unreachable), failure.ToString());
            Assert.All(before.ReadyCalls(), call => Assert.Equal("""{"city":"Bern"}""", call.Arguments));
        }, iter: 300, threads: 1);

    private static CannedHttpHandler Streaming(IEnumerable<string> events) =>
        CannedHttpHandler.Streaming(string.Concat(events.Select(json => $"event: x\ndata: {json}\n\n")));

    private static async Task CheckEveryValueAsync(string[] stream, Func<IEnumerable<string>, IChatModel> model)
    {
        var checkedValues = 0;
        for (var i = 0; i < stream.Length; i++)
        {
            foreach (var broken in Mutations(stream[i]))
            {
                checkedValues++;
                string[] events = [.. stream[..i], broken, .. stream[(i + 1)..]];
                await CheckAsync(model(events), broken);
            }
        }

        Assert.True(checkedValues > 200, "The streams are too small to prove anything.");
    }

    private static async Task CheckAsync(IChatModel model, string broken)
    {
        var updates = new List<ModelUpdate>();
        try
        {
            await foreach (var update in model.StreamAsync(ModelCalls.WithTools, TestContext.Current.CancellationToken))
            {
                updates.Add(update);
            }

            Assert.IsType<ModelUpdate.Completed>(updates[^1]);
        }
        catch (ModelException)
        {
            Assert.DoesNotContain(updates, update => update is ModelUpdate.Completed);
        }
        catch (Exception error)
        {
            Assert.Fail($"{broken}: {error}");
        }
    }

    private static IEnumerable<string> Mutations(string json)
    {
        var count = Values(JsonNode.Parse(json)!).Count();
        for (var i = 0; i < count; i++)
        {
            foreach (var replacement in Replacements)
            {
                var root = JsonNode.Parse(json)!;
                Values(root).ElementAt(i)(JsonNode.Parse(replacement));
                yield return root.ToJsonString();
            }
        }
    }

    // How to replace each value below a node.
    private static IEnumerable<Action<JsonNode?>> Values(JsonNode node)
    {
        switch (node)
        {
            case JsonObject parent:
                foreach (var (name, child) in parent.ToList())
                {
                    yield return replacement => parent[name] = replacement;
                    foreach (var below in child is null ? [] : Values(child))
                    {
                        yield return below;
                    }
                }

                break;
            case JsonArray parent:
                for (var i = 0; i < parent.Count; i++)
                {
                    var index = i;
                    yield return replacement => parent[index] = replacement;
                    foreach (var below in parent[i] is { } child ? Values(child) : [])
                    {
                        yield return below;
                    }
                }

                break;
        }
    }
}
