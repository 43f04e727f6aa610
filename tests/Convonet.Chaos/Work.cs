using System.Text.Json;
using Convonet.Tools;

namespace Convonet.Chaos;

/// <summary>One call that a message leads to.</summary>
/// <param name="Group">The calls of a group are asked for at once, when those of the groups before have their results.</param>
/// <param name="Tool">The tool.</param>
/// <param name="Arguments">Its arguments, from the results of the turn until then.</param>
/// <param name="Expected">What comes of it.</param>
internal sealed record WorkItem(int Group, string Tool, Func<IReadOnlyCollection<ToolResult>, string> Arguments, ToolOutcome Expected = ToolOutcome.Ok);

/// <summary>What each message leads to: the model asks for it, and the checker looks for it.</summary>
internal static class Work
{
    /// <summary>The one counter, which all conversations add to.</summary>
    public const string Counter = "all";

    private const string Words = "Please do ";

    /// <summary>The words of a message.</summary>
    public static string TextOf(string message) => Words + message;

    /// <summary>The message that has these words.</summary>
    public static string MessageOf(string text) => text[Words.Length..];

    /// <summary>The calls that a message leads to.</summary>
    /// <param name="message">Id of the message.</param>
    /// <param name="repeats">Whether the model asks for the same todo twice.</param>
    public static IReadOnlyList<WorkItem> Of(string message, bool repeats) =>
    [
        new(0, "create_todo", _ => Json(new { title = $"{message} first" })),
        new(0, "add_row", _ => Json(new { label = $"{message} row 1" })),
        new(0, "create_todo", _ => Json(new { title = $"{message} second", priority = "high" })),
        .. repeats ? [new WorkItem(0, "create_todo", _ => Json(new { title = $"{message} first" }))] : Array.Empty<WorkItem>(),
        new(0, "add_one", _ => Json(new { counter = Counter })),
        new(0, "send", _ => Json(new { message })),
        new(1, "complete_todo", results => Json(new { id = TodoId(results, $"{message} first") })),
        new(1, "look", _ => Json(new { counter = Counter })),
        new(1, "add_row_and_refuse", _ => Json(new { label = $"{message} refused" }), ToolOutcome.Error),
        new(1, "add_row", _ => Json(new { label = $"{message} row 2" })),
        new(1, "add_one", _ => Json(new { counter = Counter })),
        new(2, "update_todo", results => Json(new { id = TodoId(results, $"{message} second"), title = $"{message} second, changed" })),
        new(2, "complete_todo", _ => Json(new { id = Guid.Empty }), ToolOutcome.Error),
    ];

    /// <summary>The id that a result's text names; null when it names none.</summary>
    public static Guid? IdIn(string content) =>
        content.LastIndexOf("id: ", StringComparison.Ordinal) is >= 0 and var at && Guid.TryParse(content.AsSpan(at + 4).Trim(), out var id) ? id : null;

    private static Guid TodoId(IReadOnlyCollection<ToolResult> results, string title) =>
        results.Where(result => result.Name == "create_todo" && result.Content.Contains($"\"{title}\"", StringComparison.Ordinal)).Select(result => IdIn(result.Content)).FirstOrDefault() ?? Guid.Empty;

    private static string Json(object arguments) => JsonSerializer.Serialize(arguments);
}
