using System.Text.Json;
using System.Text.Json.Nodes;
using Convonet.Models;
using Convonet.Tools;
using Microsoft.Extensions.AI;

namespace Convonet.Tests.Fakes;

/// <summary>What the tests of the model adapters ask, and how they look at the answer.</summary>
public static class ModelCalls
{
    /// <summary>A tool with one argument.</summary>
    public static AIFunctionDeclaration Weather { get; } = AIFunctionFactory.CreateDeclaration(
        "get_weather",
        "Tells the weather.",
        JsonElement.Parse("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"""));

    /// <summary>A tool without description and arguments.</summary>
    public static AIFunctionDeclaration Time { get; } = AIFunctionFactory.CreateDeclaration("get_time", null, JsonElement.Parse("{}"));

    /// <summary>The shortest question.</summary>
    public static ModelRequest Hello { get; } = new("call_1_0", "", [new HistoryItem.UserMessage("Hello")], []);

    /// <summary>A question that tools can answer.</summary>
    public static ModelRequest WithTools { get; } = Hello with { Tools = [Weather, Time] };

    /// <summary>
    /// A conversation that several providers took part in: foreign data, two parallel calls of which one failed, arguments that are
    /// no object, and empty parts.
    /// </summary>
    public static IReadOnlyList<HistoryItem> MixedHistory { get; } =
    [
        new HistoryItem.UserMessage("Weather and time?"),
        new HistoryItem.AssistantMessage(
        [
            new AssistantPart.Text("One moment. "),
            new AssistantPart.Text("", new ProviderData("gemini", """{"thoughtSignature":"abc"}""")),
            new AssistantPart.ToolUse(new ToolCall("call_1_0_0", "get_weather", """{"city": "Zürich"}""", new ProviderData("gemini", """{"thoughtSignature":"def"}"""))),
            new AssistantPart.ToolUse(new ToolCall("call_1_0_1", "get_time", """{"zone": """)),
        ]),
        new HistoryItem.ToolResults(
        [
            new ToolResult("call_1_0_0", "get_weather", ToolOutcome.Ok, "sunny", TimeSpan.FromSeconds(1)),
            new ToolResult("call_1_0_1", "get_time", ToolOutcome.Error, "The arguments are not valid JSON.", TimeSpan.Zero),
        ]),
        new HistoryItem.AssistantMessage([new AssistantPart.Text("It is sunny."), new AssistantPart.Text(" ")]),
        new HistoryItem.UserMessage("Thanks"),
    ];

    /// <summary>Everything that a model says to a request.</summary>
    public static async Task<List<ModelUpdate>> AskAsync(this IChatModel model, ModelRequest request)
    {
        var updates = new List<ModelUpdate>();
        await foreach (var update in model.StreamAsync(request, TestContext.Current.CancellationToken))
        {
            updates.Add(update);
        }

        return updates;
    }

    /// <summary>The failure that a request ends in, and what was said before it.</summary>
    public static async Task<(ModelException Failure, List<ModelUpdate> Before)> AskAndFailAsync(this IChatModel model, ModelRequest request)
    {
        var updates = new List<ModelUpdate>();
        var failure = await Assert.ThrowsAsync<ModelException>(async () =>
        {
            await foreach (var update in model.StreamAsync(request, TestContext.Current.CancellationToken))
            {
                updates.Add(update);
            }
        });
        return (failure, updates);
    }

    /// <summary>Asks, cancels while the answer's body stalls, and asserts that this ends the call and closes the body.</summary>
    public static async Task AssertCancelClosesAsync(this IChatModel model, PiecewiseStream stalling, CancellationToken cancellationToken)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = model.StreamAsync(Hello, cancel.Token).ToListAsync(CancellationToken.None).AsTask();
        await stalling.Waiting.WaitAsync(cancellationToken);

        await cancel.CancelAsync();

        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.True(cancel.IsCancellationRequested);
        Assert.True(stalling.Closed.IsCompleted, $"The body is still open after {thrown.GetType()}.");
    }

    /// <summary>The text of the deltas, joined.</summary>
    public static string Text(this IEnumerable<ModelUpdate> updates) => string.Concat(updates.OfType<ModelUpdate.TextDelta>().Select(delta => delta.Text));

    /// <summary>The calls that became ready, in that order.</summary>
    public static List<ToolCall> ReadyCalls(this IEnumerable<ModelUpdate> updates) => [.. updates.OfType<ModelUpdate.ToolCallReady>().Select(ready => ready.Call)];

    /// <summary>The updates as short words, to compare their order: <c>text:…</c>, <c>start:ordinal:name</c>, <c>args:ordinal</c>, <c>ready:ordinal</c>, <c>end:reason</c>; usage is left out.</summary>
    public static List<string> Script(this IEnumerable<ModelUpdate> updates) =>
    [
        .. updates.Where(update => update is not ModelUpdate.Usage).Select(update => update switch
        {
            ModelUpdate.TextDelta text => $"text:{text.Text}",
            ModelUpdate.ToolCallStarted started => $"start:{started.Id[^1]}:{started.Name}",
            ModelUpdate.ToolArgumentsDelta delta => $"args:{delta.Id[^1]}",
            ModelUpdate.ToolCallReady ready => $"ready:{ready.Call.Id[^1]}",
            ModelUpdate.Completed completed => $"end:{completed.Reason}",
            _ => throw new InvalidOperationException($"Unknown update {update}."),
        }),
    ];

    /// <summary>Compares JSON by its meaning.</summary>
    public static void AssertJson(string expected, JsonNode actual)
    {
        if (!JsonNode.DeepEquals(JsonNode.Parse(expected), actual))
        {
            Assert.Equal(JsonNode.Parse(expected)!.ToString(), actual.ToString());
        }
    }
}
