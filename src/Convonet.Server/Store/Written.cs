using System.Text.Encodings.Web;
using System.Text.Json;

namespace Convonet.Server.Store;

/// <summary>Text that users write, on its way in and on its way to models.</summary>
internal static class Written
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A text that must say something, without the space around it.</summary>
    /// <exception cref="RefusedException">It is blank, too long or no text.</exception>
    public static string Required(string field, string? text, int longest) =>
        Optional(field, text, longest) ?? throw RefusedException.Invalid(field, $"The {Words(field)} must not be blank.");

    /// <summary>A text without the space around it; null when it says nothing.</summary>
    /// <exception cref="RefusedException">It is too long or no text.</exception>
    public static string? Optional(string field, string? text, int longest)
    {
        var trimmed = text?.Trim();
        return string.IsNullOrEmpty(trimmed) ? null
            : trimmed.Length > longest ? throw RefusedException.Invalid(field, $"The {Words(field)} is {trimmed.Length} characters long; at most {longest} are allowed.")
            : trimmed.Any(one => char.IsControl(one) && one is not ('\n' or '\r' or '\t')) ? throw RefusedException.Invalid(field, $"The {Words(field)} holds control characters.")
            : trimmed;
    }

    /// <summary>A text as a JSON string: whatever it holds, it stays on one line and ends where it ends.</summary>
    public static string Quote(string text) => JsonSerializer.Serialize(text, Plain);

    /// <summary>A list for models: how many there are, then one per line.</summary>
    /// <param name="kind">The word for one of them.</param>
    /// <param name="kinds">The word for several.</param>
    /// <param name="lines">What is said of each, without the dash.</param>
    /// <param name="more">How many are not shown.</param>
    public static string List(string kind, string kinds, IReadOnlyCollection<string> lines, int more = 0) =>
        lines.Count == 0 ? $"No {kinds}."
        : $"{lines.Count} {(lines.Count == 1 ? kind : kinds)}:\n{string.Join('\n', lines.Select(line => $"- {line}"))}{(more > 0 ? $"\n{more} more are not shown." : "")}";

    /// <summary>One line for people, for example <c>Added “buy milk”.</c></summary>
    public static string Summary(string verb, string title)
    {
        const int Longest = 200;
        var line = string.Join(' ', title.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return $"{verb} “{(line.Length <= Longest ? line : $"{line[..(char.IsHighSurrogate(line[Longest - 1]) ? Longest - 1 : Longest)]}…")}”.";
    }

    private static string Words(string field) => field.Replace('_', ' ');
}
