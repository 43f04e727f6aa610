using Convonet.Emulator.Brain.Intents;
using Convonet.Emulator.Brain.Results;

namespace Convonet.Emulator.Brain.Replies;

/// <summary>Sentences about what was changed, or could not be.</summary>
internal sealed class ChangeAnswers(DateTime now)
{
    /// <summary>What is done to a thing, after "I could not".</summary>
    internal static string Verb(Edit edit) => edit switch
    {
        Edit.Finish => "tick off",
        Edit.Reopen => "reopen",
        Edit.Delete => "delete",
        Edit.Rename => "rename",
        Edit.Move or Edit.Shift => "move",
        Edit.Tell => "look up",
        _ => "change",
    };

    internal static string NotFound(Which which, IReadOnlyList<ThingKind> kinds, IReadOnlyList<Item> seen)
    {
        var what = which.Title.Length > 0 ? Phrases.Quote(which.Title) : "that";
        var titles = seen.Where(item => !item.IsDone).Select(item => Phrases.Quote(item.Title)).Distinct().ToList();
        if (kinds is not [var only])
        {
            return $"I could not find {what} {Phrases.Join([.. kinds.Select(kind => kind.Place)], "or")}.";
        }

        return titles.Count == 0
            ? (only == ThingKind.Reminder ? "You have no reminders." : $"There is nothing {(only == ThingKind.Todo ? "open " : "")}{only.Place}.")
            : $"I could not find {what} {only.Place}. There is {Phrases.Some(titles)}.";
    }

    internal string WhichOne(IReadOnlyList<Item> choices)
    {
        var names = choices.Take(Phrases.MaxNamed).Select(item => item.From is { } from ? $"{Phrases.Quote(item.Title)} {Phrases.DayAndClock(from, now)}" : Phrases.Quote(item.Title));
        return $"Which one do you mean: {Phrases.Join([.. names], "or")}?";
    }

    /// <summary>When a thing is.</summary>
    internal string When(ThingKind kind, Item item) => item.From is not { } from
        ? $"{Phrases.Quote(item.Title)} has no date."
        : $"{Phrases.Quote(item.Title)} is {(kind == ThingKind.Todo ? "due " : "")}{Phrases.DayAndClock(from, now)}.";

    internal string Changed(Edit edit, ThingKind kind, IReadOnlyList<(Item Item, ToolData Data)> changes)
    {
        var good = changes.Where(change => change.Data.Failure is null).ToList();
        var bad = changes.Where(change => change.Data.Failure is not null).Select(change => change.Data.Failure!.Tell($"{Verb(edit)} {Phrases.Quote(change.Item.Title)}"));
        return string.Join(' ', bad.Prepend(good.Count > 0 ? Done(edit, kind, good) : "").Where(text => text.Length > 0));
    }

    private string Done(Edit edit, ThingKind kind, List<(Item Item, ToolData Data)> changes)
    {
        var names = Phrases.Some([.. changes.Select(change => Phrases.Quote(change.Item.Title))]);
        var are = changes.Count == 1 ? "is" : "are";
        return edit switch
        {
            Edit.Finish => $"I ticked off {names}.",
            Edit.Delete => $"I deleted {names}{(changes.Exists(change => change.Item.Recurs) ? " and all its repetitions" : "")}.",
            Edit.Reopen => $"{names} {are} open again.",
            Edit.Rename rename => $"{names} {are} called {Phrases.Quote(changes[0].Data.Thing?.Title is { Length: > 0 } title ? title : rename.Title)} now.",
            Edit.Repeat repeat => $"{names} {are} on your calendar {Phrases.Often(repeat.Rule, changes[0].Data.Thing?.From)} now.",
            Edit.Describe => $"I added that to {names}.",
            Edit.Rank { Level: "urgent" } => $"{names} {are} urgent now.",
            Edit.Rank rank => $"{names} {(changes.Count == 1 ? "has" : "have")} {rank.Level} {(kind == ThingKind.Reminder ? "importance" : "priority")} now.",
            _ => $"{names} {are} {(kind == ThingKind.Todo ? "due " : "")}{(changes[0].Data.Thing?.From is { } time ? Phrases.DayAndClock(time, now) : "moved")} now.",
        };
    }
}
