using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Serialization;
using NodaTime;
using IcalEvent = Ical.Net.CalendarComponents.CalendarEvent;

namespace Convonet.Server.Calendar;

/// <summary>Writes appointments as iCalendar (RFC 5545).</summary>
internal static class CalendarFile
{
    /// <summary>Zones are described from here on, or from the first series: Ical.Net describes none whose description would begin in the future.</summary>
    private static readonly DateTime ZonesFrom = new(2020, 1, 1);

    /// <summary>The text of a calendar. Single events are in UTC; series are on the clock of their zone, which is described; whole days have no clock.</summary>
    public static string Write(IReadOnlyCollection<CalendarEvent> events)
    {
        var calendar = new Ical.Net.Calendar { ProductId = "-//Convonet//Convonet//EN", Method = "PUBLISH" };
        foreach (var zone in events.Where(HasZone).GroupBy(one => one.TimeZone))
        {
            calendar.AddTimeZone(VTimeZone.FromDateTimeZone(zone.Key, zone.Select(one => one.Start).Append(ZonesFrom).Min(), includeHistoricalData: true));
        }

        foreach (var one in events)
        {
            calendar.Events.Add(Of(one));
        }

        return new CalendarSerializer(calendar).SerializeToString() ?? "";
    }

    private static IcalEvent Of(CalendarEvent one)
    {
        var wholeDays = Occurrence.IsWholeDays(one);
        return new IcalEvent
        {
            Uid = one.Id.ToString(),
            DtStamp = new CalDateTime(one.CreatedAt, true),
            Sequence = one.Version,
            Summary = Clean(one.Title),
            Description = one.Description is null ? null : Clean(one.Description),
            DtStart = wholeDays ? new CalDateTime(DateOnly.FromDateTime(one.Start)) : HasZone(one) ? new CalDateTime(one.Start, one.TimeZone) : new CalDateTime(one.StartsAt, true),
            DtEnd = wholeDays ? new CalDateTime(DateOnly.FromDateTime(one.End)) : HasZone(one) ? new CalDateTime(one.End, one.TimeZone) : new CalDateTime(one.EndsAt, true),
            RecurrenceRule = one.Recurrence is null ? null : RuleOf(one, wholeDays),
        };
    }

    /// <summary>The rule, whose end is a day for whole days (RFC 5545 section 3.3.10).</summary>
    private static RecurrenceRule RuleOf(CalendarEvent one, bool wholeDays)
    {
        var zone = Occurrence.ZoneOf(one);
        var rule = new RecurrenceRule(one.Recurrence!);
        if (wholeDays && Recurrence.Parse(one.Recurrence!, zone).Until is { } until)
        {
            rule.Until = new CalDateTime(until.InZone(zone).Date.ToDateOnly());
        }

        return rule;
    }

    private static bool HasZone(CalendarEvent one) => one.Recurrence is not null && !Occurrence.IsWholeDays(one) && Occurrence.ZoneOf(one) is var zone && zone != DateTimeZone.Utc && zone.Id != "Etc/UTC";

    /// <summary>Control characters have no place in a content line; a line break is written as one.</summary>
    private static string Clean(string text) => string.Concat(text.ReplaceLineEndings("\n").Where(one => !char.IsControl(one) || one is '\n' or '\t'));
}
