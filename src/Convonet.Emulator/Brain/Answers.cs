using System.Globalization;
using Convonet.Emulator.Brain.Results;

namespace Convonet.Emulator.Brain;

/// <summary>Sentences about what tools returned.</summary>
internal sealed class Answers(DateTime now)
{
    private const int MaxNamed = 10;

    internal string TodoAdded(Intent.AddTodo todo, ToolData data) => data.Failure is { } failure ? failure.Tell($"add {Phrases.Quote(todo.Title)} to your list")
        : $"Done: {Phrases.Quote(todo.Title)} is on your list{(todo.When.IsNamed ? ", due " + Due(todo.When) : "")}{(todo.Priority is null ? "" : $", {todo.Priority} priority")}.";

    internal string Todos(ToolData data)
    {
        if (data.Failure is { } failure)
        {
            return failure.Tell("read your list");
        }

        var items = data.Items;
        var open = items.Where(item => !item.IsDone).Select(Named).ToList();
        var done = items.Count - open.Count;
        var finished = done == 0 ? "" : $" {Phrases.Capital(Phrases.Count(done, "thing is", "things are"))} already done.";
        return open.Count == 0
            ? (done == 0 ? "Your list is empty." : "Everything on your list is done. Well done!")
            : $"You have {Phrases.Count(open.Count, "thing", "things")} on your list: {Some(open)}.{finished}";
    }

    internal static string NotFound(Which which, IReadOnlyList<Item> items)
    {
        var titles = items.Where(item => !item.IsDone).Select(item => Phrases.Quote(item.Title)).ToList();
        if (titles.Count == 0)
        {
            return "There is nothing open on your list.";
        }

        var what = which.Title.Length > 0 ? $" {Phrases.Quote(which.Title)}" : " that";
        return $"I could not find{what} on your list. There is {Some(titles)}.";
    }

    internal static string Changed(IReadOnlyList<(Item Item, ToolData Data)> changes, string verb, string past)
    {
        var good = changes.Where(change => change.Data.Failure is null).Select(change => Phrases.Quote(change.Item.Title)).ToList();
        var bad = changes.Where(change => change.Data.Failure is not null).Select(change => change.Data.Failure!.Tell($"{verb} {Phrases.Quote(change.Item.Title)}"));
        return string.Join(' ', bad.Prepend(good.Count > 0 ? $"I {past} {Some(good)}." : "").Where(text => text.Length > 0));
    }

    internal string ReminderAdded(Intent.AddReminder reminder, ToolData data) => data.Failure is { } failure ? failure.Tell($"set the reminder {Phrases.Quote(reminder.Text)}")
        : $"I'll remind you{(reminder.When.IsNamed ? " " + Phrases.DayAndClock(reminder.When.Start(now, new TimeOnly(9, 0)), now) : "")}: {reminder.Text}.";

    internal string Reminders(ToolData data)
    {
        if (data.Failure is { } failure)
        {
            return failure.Tell("read your reminders");
        }

        var items = data.Items.Select(Named).ToList();
        return items.Count == 0 ? "You have no reminders." : $"You have {Phrases.Count(items.Count, "reminder", "reminders")}: {Some(items)}.";
    }

    internal string EventAdded(string title, DateTime start, ToolData data) => data.Failure is { } failure ? failure.Tell($"put {Phrases.Quote(title)} on your calendar")
        : $"{Phrases.Capital(title)} is on your calendar, {Phrases.Day(start, now)} at {Phrases.Clock(start)}.";

    internal string Events(string when, bool isOneDay, ToolData data)
    {
        if (data.Failure is { } failure)
        {
            return failure.Tell("read your calendar");
        }

        var items = data.Items.OrderBy(item => item.From ?? DateTime.MaxValue)
            .Select(item => item.From is { } from ? $"{item.Title} {(isOneDay ? "at " + Phrases.Clock(from) : Phrases.DayAndClock(from, now))}" : item.Title).ToList();
        return items.Count == 0
            ? $"Your calendar is empty {when}."
            : $"{Phrases.Capital(when)} you have {Some(items)}.";
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

    private string Due(When when) => when.Time is null && when.From is { } day
        ? Phrases.Day(day.ToDateTime(TimeOnly.MinValue), now)
        : Phrases.DayAndClock(when.Start(now, default), now);

    private string Named(Item item) => item.From is { } due ? $"{item.Title} ({Phrases.DayAndClock(due, now)})" : item.Title;

    private static string Some(List<string> items) =>
        items.Count <= MaxNamed ? Phrases.Join(items) : Phrases.Join([.. items.Take(MaxNamed), $"{items.Count - MaxNamed} more"]);
}
