using System.Globalization;
using Convonet.Emulator.Brain.Intents;
using Convonet.Emulator.Brain.Results;

namespace Convonet.Emulator.Brain.Replies;

/// <summary>Sentences about what the tools for todos, reminders and the clock returned.</summary>
internal sealed class Answers(DateTime now)
{
    internal string TodoAdded(Intent.AddTodo todo, ToolData data) => data.Failure is { } failure
        ? failure.Tell($"add {Phrases.Quote(todo.Title)} to your list")
        : $"Done: {Phrases.Quote(data.Thing?.Title is { Length: > 0 } title ? title : todo.Title)} is on your list{Phrases.Details(todo.When, todo.Level, data.Thing, now)}.";

    /// <param name="team">Only those of this team.</param>
    /// <param name="data">The result.</param>
    internal string Todos(string? team, ToolData data)
    {
        if (data.Failure is { } failure)
        {
            return failure.Tell("read your list");
        }

        var items = team is null ? data.Items : [.. data.Items.Where(item => item.Team?.Contains(team, StringComparison.OrdinalIgnoreCase) == true)];
        var open = items.Where(item => !item.IsDone).Select(item => Named(item, team is null)).ToList();
        var done = items.Count - open.Count;
        var finished = done == 0 ? "" : $" {Phrases.Capital(Phrases.Count(done, "thing is", "things are"))} already done.";
        var list = team is null ? "your list" : $"the list of {team}";
        return (open.Count, done, team) switch
        {
            (0, 0, null) => "Your list is empty.",
            (0, 0, _) => $"There is nothing on {list}.",
            (0, _, _) => $"Everything on {list} is done. Well done!",
            (_, _, null) => $"You have {Phrases.Count(open.Count, "thing", "things")} on your list: {Phrases.Some(open)}.{finished}",
            _ => $"There {(open.Count == 1 ? "is" : "are")} {Phrases.Count(open.Count, "thing", "things")} on {list}: {Phrases.Some(open)}.{finished}",
        };
    }

    internal string ReminderAdded(Intent.AddReminder reminder, ToolData data)
    {
        if (data.Failure is { } failure)
        {
            return failure.Tell($"set the reminder {Phrases.Quote(reminder.Text)}");
        }

        return !reminder.When.IsNamed
            ? $"I noted the reminder {Phrases.Quote(reminder.Text)}. It has no time; tell me one if I am to speak up."
            : $"I'll remind you {Phrases.DayAndClock(data.Thing?.From ?? reminder.When.Start(now, new TimeOnly(9, 0)), now)}: {reminder.Text}.";
    }

    internal string Reminders(ToolData data)
    {
        if (data.Failure is { } failure)
        {
            return failure.Tell("read your reminders");
        }

        var items = data.Items.Where(item => !item.IsDone).Select(item => Named(item, withTeam: false)).ToList();
        var delivered = data.Items.Count - items.Count;
        var over = delivered == 0 ? "" : $" {Phrases.Capital(Phrases.Count(delivered, "is", "are"))} over.";
        return items.Count == 0
            ? $"You have no reminders{(delivered == 0 ? "" : " to come")}."
            : $"You have {Phrases.Count(items.Count, "reminder", "reminders")}: {Phrases.Some(items)}.{over}";
    }

    internal string Time(bool isDate, ToolData? data)
    {
        if (data?.Failure is { } failure)
        {
            return failure.Tell("find out the time");
        }

        var time = data?.Time() ?? now;
        var day = time.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture);
        return isDate ? $"Today is {day}." : $"It is {Phrases.Clock(time)} on {day}.";
    }

    private string Named(Item item, bool withTeam)
    {
        var details = new[] { item.From is { } due ? Phrases.DayAndClock(due, now) : null, item.Level is "urgent" ? "urgent" : null, withTeam ? item.Team : null };
        return details.Any(detail => detail is not null) ? $"{item.Title} ({string.Join(", ", details.OfType<string>())})" : item.Title;
    }
}
