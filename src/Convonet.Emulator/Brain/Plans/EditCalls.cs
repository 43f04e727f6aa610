using System.Globalization;
using System.Text.Json.Nodes;
using Convonet.Emulator.Brain.Intents;
using Convonet.Emulator.Brain.Results;

namespace Convonet.Emulator.Brain.Plans;

/// <summary>The call for each sort of change.</summary>
internal sealed class EditCalls(DateTime now)
{
    private static readonly TimeOnly Morning = new(9, 0);

    /// <summary>The tool that does it; null when there is none for this kind of thing.</summary>
    internal static string? ToolFor(Edit edit, ThingKind kind) => edit switch
    {
        Edit.Finish => kind == ThingKind.Todo ? Tools.CompleteTodo : null,
        Edit.Reopen => kind == ThingKind.Todo ? kind.Update : null,
        Edit.Delete => kind.Delete,
        Edit.Rank => kind.Level is null ? null : kind.Update,
        Edit.Repeat => kind == ThingKind.Event ? kind.Update : null,
        Edit.Tell => kind.List,
        Edit.Describe => kind == ThingKind.Reminder ? null : kind.Update,
        _ => kind.Update,
    };

    /// <summary>The arguments; null when the thing has no time that could be shifted.</summary>
    internal IReadOnlyList<(string Name, JsonNode? Value)>? ArgumentsFor(Edit edit, ThingKind kind, Item item)
    {
        (string, JsonNode?) id = ("id", item.Id);
        return edit switch
        {
            Edit.Reopen => [id, ("completed", false)],
            Edit.Rename rename => [id, (kind.Title, rename.Title)],
            Edit.Describe describe => [id, ("description", describe.Text)],
            Edit.Rank rank => [id, (kind.Level!, rank.Level)],
            Edit.Repeat repeat => [id, ("recurrence", repeat.Rule)],
            Edit.Move { To: var to } => [id, (kind.Time, Moved(kind, item, to)), .. EndOf(kind, item, to)],
            Edit.Shift { By: var by } => item.From is { } from ? [id, (kind.Time, Written(kind, Later(kind, from) + by))] : null,
            _ => [id],
        };
    }

    /// <summary>The new time: what was not named stays as it is.</summary>
    private string Moved(ThingKind kind, Item item, When to)
    {
        // A series whose clock changes begins on the same day as before, which only the calendar knows: a time alone does not move it.
        if (item.Recurs && to is { From: null, Time: { } clock })
        {
            return clock.ToString("HH:mm", CultureInfo.InvariantCulture);
        }

        if (kind == ThingKind.Todo && to.Time is null && item.From is null or { TimeOfDay.Ticks: 0 })
        {
            return to.ToArgument(now)!;
        }

        var time = to.Time ?? (item.From is { } from ? TimeOnly.FromDateTime(from) : Morning);
        return to.From is null && item.From is { } day && (kind == ThingKind.Event || day.Date >= now.Date)
            ? When.Iso(DateOnly.FromDateTime(day).ToDateTime(time))
            : When.Iso((to with { Time = time }).Start(now, time));
    }

    /// <summary>The end goes with the start, unless the user said how long.</summary>
    private IEnumerable<(string Name, JsonNode? Value)> EndOf(ThingKind kind, Item item, When to) =>
        kind == ThingKind.Event && to is { Length: { } length, Time: not null }
            ? [("event_to", When.Iso(DateTime.Parse(Moved(kind, item with { Recurs = false }, to), CultureInfo.InvariantCulture) + length))]
            : [];

    /// <summary>A reminder that rang is put off from now on.</summary>
    private DateTime Later(ThingKind kind, DateTime from) => kind == ThingKind.Reminder && from < now ? now : from;

    private static string Written(ThingKind kind, DateTime time) =>
        kind == ThingKind.Todo && time.TimeOfDay == TimeSpan.Zero ? time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : When.Iso(time);
}
