using System.Globalization;
using System.Text.Json.Nodes;
using Convonet.Emulator.Brain.Intents;
using Convonet.Emulator.Brain.Replies;

namespace Convonet.Emulator.Brain.Plans;

/// <summary>The calendar: new events, what is on it, the agenda and free time.</summary>
internal sealed class CalendarPlanner(CallDesk desk, DateTime now)
{
    private static readonly TimeSpan UsualLength = TimeSpan.FromHours(1);
    private static readonly TimeOnly Morning = new(9, 0);
    private static readonly TimeOnly EndOfDay = new(23, 59, 59);

    /// <summary>After these, the tool's usual hours do not say when a day ends.</summary>
    private static readonly TimeOnly Evening = new(17, 0);
    private static readonly TimeOnly LateEvening = new(22, 0);

    private readonly CalendarAnswers _answers = new(now);

    private DateOnly Today => DateOnly.FromDateTime(now);

    /// <summary>The arguments for these days, the last included.</summary>
    internal static IReadOnlyList<(string Name, JsonNode? Value)> Days(DateOnly from, DateOnly to) =>
        [("from", When.Iso(from.ToDateTime(TimeOnly.MinValue))), ("to", When.Iso(to.ToDateTime(EndOfDay)))];

    internal Plan Add(Intent.AddEvent add)
    {
        var start = Start(add);
        return desk.Use(
            Tools.CreateEvent, "put things on the calendar", done => _answers.EventAdded(add, start, done.Data),
            ("title", add.Title), ("event_from", When.Iso(start)), ("event_to", When.Iso(start + (add.When.Length ?? UsualLength))), ("recurrence", add.When.Recurrence));
    }

    /// <summary>Without a day: the coming week.</summary>
    internal Plan List(Intent.ListEvents list)
    {
        var from = list.When.From ?? Today;
        var to = list.When.To ?? (list.When.IsNamed ? from : from.AddDays(6));
        return desk.Read(
            Tools.GetEvents, "read your calendar", done => _answers.Events(list.When.From is null ? "in the next seven days" : list.When.Words, from == to, done.Data),
            Days(from, to));
    }

    /// <summary>Everything that is to come; without the tool for it, what is on the calendar.</summary>
    internal Plan Agenda(Intent.TellAgenda tell)
    {
        if (!desk.Has(Tools.GetAgenda))
        {
            return List(new Intent.ListEvents(tell.When));
        }

        var isWeek = tell.When is { From: null, Words: "this week" };
        var from = tell.When.From ?? Today;
        var to = tell.When.To ?? (isWeek ? from.AddDays(6) : from);
        var words = isWeek ? "in the next seven days" : tell.When.Words.Length > 0 ? tell.When.Words : "today";
        return desk.Read(Tools.GetAgenda, "look ahead", done => _answers.Agenda(words, from == to, done.Data), Days(from, to));
    }

    internal Plan FreeTime(Intent.FindFreeTime find)
    {
        var length = find.Length ?? UsualLength;
        var from = (find.When.From ?? Today).ToDateTime(find.When.Time ?? TimeOnly.MinValue);
        var to = (find.When.To ?? (find.When.IsNamed ? DateOnly.FromDateTime(from) : Today.AddDays(6))).ToDateTime(find.When.Until ?? EndOfDay);
        var words = find.When.From is not null ? find.When.Words : find.When.IsNamed ? "today" : "in the next seven days";
        return desk.Read(
            Tools.FindFreeTime, "look for free time", done => _answers.FreeTime(words, length, DateOnly.FromDateTime(from) == DateOnly.FromDateTime(to), done.Data),
            ("duration_minutes", (int)length.TotalMinutes), ("from", When.Iso(from)), ("to", When.Iso(to)),
            ("earliest", Clock(find.When.Time)), ("latest", Clock(find.When.Until ?? (find.When.Time >= Evening ? LateEvening : null))));
    }

    private static string? Clock(TimeOnly? time) => time?.ToString("HH:mm", CultureInfo.InvariantCulture);

    private DateTime Start(Intent.AddEvent add)
    {
        var start = add.When.Start(now, UsualTime(add.Title));
        var isOver = add.When.Recurrence is not null && start < now;
        return !isOver ? start : start.AddDays(add.When.Recurrence == "weekly" ? 7 : 1);
    }

    private static TimeOnly UsualTime(string title) => title.ToLowerInvariant() switch
    {
        var name when name.Contains("breakfast") => new TimeOnly(8, 0),
        var name when name.Contains("lunch") => new TimeOnly(12, 0),
        var name when name.Contains("dinner") => new TimeOnly(19, 0),
        _ => Morning,
    };
}
