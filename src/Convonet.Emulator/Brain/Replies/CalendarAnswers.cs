using Convonet.Emulator.Brain.Intents;
using Convonet.Emulator.Brain.Results;

namespace Convonet.Emulator.Brain.Replies;

/// <summary>Sentences about what the calendar's tools returned.</summary>
internal sealed class CalendarAnswers(DateTime now)
{
    internal string EventAdded(Intent.AddEvent add, DateTime start, ToolData data)
    {
        if (data.Failure is { } failure)
        {
            return failure.Tell($"put {Phrases.Quote(add.Title)} on your calendar");
        }

        var begins = data.Thing?.From ?? start;
        return add.When.Recurrence is not { } recurrence
            ? $"{Phrases.Capital(add.Title)} is on your calendar, {Phrases.Day(begins, now)} at {Phrases.Clock(begins)}."
            : $"{Phrases.Capital(add.Title)} is on your calendar {Phrases.Often(recurrence, begins)} at {Phrases.Clock(begins)}, from {Phrases.BareDay(begins, now)} on.";
    }

    internal string Events(string when, bool isOneDay, ToolData data)
    {
        if (data.Failure is { } failure)
        {
            return failure.Tell("read your calendar");
        }

        var items = Timed(data.Items, isOneDay);
        return items.Count == 0 ? $"Your calendar is empty {when}." : $"{Phrases.Capital(when)} you have {Phrases.Some(items)}.";
    }

    /// <summary>Appointments, then what is due, then what will ring.</summary>
    internal string Agenda(string when, bool isOneDay, ToolData data)
    {
        if (data.Failure is { } failure)
        {
            return failure.Tell("look ahead");
        }

        var events = Timed([.. data.Items.Where(item => item.Kind is "event" or "appointment" or "")], isOneDay);
        var todos = data.Items.Where(item => item.Kind.StartsWith("todo", StringComparison.Ordinal) && !item.IsDone).ToList();
        var reminders = Timed([.. data.Items.Where(item => item.Kind.StartsWith("reminder", StringComparison.Ordinal))], isOneDay);
        var sentences = new[]
        {
            events.Count > 0 ? $"{Phrases.Capital(when)} you have {Phrases.Some(events)}." : "",
            todos.Count == 0 ? "" : $"{(events.Count > 0 ? "" : Phrases.Capital(when) + ": ")}{Phrases.Count(todos.Count, "thing is", "things are")} to do: {Phrases.Some(Due(todos, isOneDay))}.",
            reminders.Count > 0 ? $"{(reminders.Count == 1 ? "One reminder" : "Reminders")}: {Phrases.Some(reminders)}." : "",
        };
        var said = sentences.Where(sentence => sentence.Length > 0).ToList();
        return said.Count == 0 ? $"Nothing is planned {when}." : string.Join(' ', said.Select(Phrases.Capital));
    }

    internal string FreeTime(string when, TimeSpan length, bool isOneDay, ToolData data)
    {
        var wanted = Phrases.Length(length);
        if (data.Failure is { } failure)
        {
            return failure.Tell($"look for {wanted} {when}");
        }

        var gaps = new List<string>();
        DateTime? day = isOneDay && data.Items is [var first, ..] ? first.From?.Date : null;
        foreach (var (from, to) in data.Items.Where(item => item is { From: not null, To: not null }).Select(item => (item.From!.Value, item.To!.Value)))
        {
            gaps.Add((day == from.Date ? "" : Phrases.Day(from, now) + " ") + Gap(from, to));
            day = from.Date;
        }

        return gaps.Count == 0 ? $"There is no gap of {wanted} {when}." : $"{(isOneDay ? Phrases.Capital(when) + " you are free" : "You are free")} {Phrases.Some(gaps)}.";
    }

    private string Gap(DateTime from, DateTime to)
    {
        var isMidnight = to == from.Date.AddDays(1);
        return $"from {Phrases.Clock(from)} to {(isMidnight ? "midnight" : to.Date == from.Date ? Phrases.Clock(to) : Phrases.DayAndClock(to, now))}";
    }

    private List<string> Timed(IReadOnlyList<Item> items, bool isOneDay) =>
        [.. items.OrderBy(item => item.From ?? DateTime.MaxValue).Select(item => item.From is { } from ? $"{item.Title} {(isOneDay ? At(from) : Phrases.DayAndClock(from, now))}" : item.Title)];

    private List<string> Due(List<Item> items, bool isOneDay) =>
        [.. items.Select(item => item.From is not { } due || (isOneDay && due.TimeOfDay == TimeSpan.Zero && due.Date >= now.Date) ? item.Title
            : due.Date < now.Date ? $"{item.Title} (overdue)" : $"{item.Title} ({(isOneDay ? At(due) : Phrases.DayAndClock(due, now))})")];

    private static string At(DateTime time) => "at " + Phrases.Clock(time);
}
