using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Convonet.Conversations;

namespace Convonet.Server.Conversations;

/// <summary>A whole conversation, for its user to take away.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="CreatedAt">When it began, in UTC.</param>
/// <param name="UsedAt">When something was last said in it, in UTC.</param>
/// <param name="Turns">All its turns, oldest first.</param>
internal sealed record ConversationExport(string Id, string Title, DateTime CreatedAt, DateTime UsedAt, IAsyncEnumerable<ExportedTurn> Turns)
{
    /// <summary>Writes it as Markdown, one turn after the other.</summary>
    public async Task WriteMarkdownAsync(Stream output, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        await writer.WriteLineAsync($"# {OneLine(Title)}\n\n{CreatedAt.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)}");
        await foreach (var turn in Turns.WithCancellation(cancellationToken))
        {
            await writer.WriteAsync($"\n**You{(turn.Spoken ? " (spoken)" : "")}:**\n\n{turn.User.TrimEnd()}\n\n**Assistant:**\n\n");
            foreach (var tool in turn.Tools)
            {
                await writer.WriteLineAsync($"- `{tool.Name}` ({tool.Outcome ?? "not finished"}): {OneLine(tool.Result ?? "")}");
            }

            await writer.WriteLineAsync($"{(turn.Tools.Count > 0 ? "\n" : "")}{turn.Answer.TrimEnd()}");
            if (turn.Heard is { } heard && heard < turn.Answer.Length)
            {
                await writer.WriteLineAsync("\n*(interrupted; heard up to: \"…" + OneLine(turn.Answer[Math.Max(0, heard - 40)..heard]) + "\")*");
            }

            if (turn.Error is { } error)
            {
                await writer.WriteLineAsync($"\n*({error})*");
            }

            await writer.FlushAsync(cancellationToken);
        }
    }

    /// <summary>Makes turns of what was kept.</summary>
    public static async IAsyncEnumerable<ExportedTurn> TurnsOf(IAsyncEnumerable<KeptTurn> kept, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var turn in kept.WithCancellation(cancellationToken))
        {
            yield return new ExportedTurn(
                turn.Turn.Number,
                turn.Turn.Text,
                turn.Turn.IsVoice,
                turn.Shown,
                turn.Heard,
                [.. turn.Steps.SelectMany(step => step.Calls).Select(planned => new ExportedTool(
                    planned.Call.Name, ArgumentsOf(planned.Call.Arguments), planned.Result is { } result ? WordOf(result.Outcome) : null, planned.Result?.Content))],
                turn.Turn.Provider,
                turn.Outcome is { } outcome ? WordOf(outcome) : null,
                turn.Error?.Message);
        }
    }

    /// <summary>Models also write what is no JSON.</summary>
    private static JsonElement ArgumentsOf(string arguments)
    {
        try
        {
            return JsonElement.Parse(arguments);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(arguments);
        }
    }

    private static string WordOf<T>(T outcome)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString());

    private static string OneLine(string text) => string.Join(' ', text.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>One turn of an export.</summary>
internal sealed record ExportedTurn(
    int Turn, string User, bool Spoken, string Answer, int? Heard, IReadOnlyList<ExportedTool> Tools, string Provider, string? Outcome, string? Error);

/// <summary>One call of an exported turn.</summary>
internal sealed record ExportedTool(string Name, JsonElement Arguments, string? Outcome, string? Result);
