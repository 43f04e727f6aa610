using Convonet.Server.Calendar;
using NodaTime;
using NodaTime.Text;
using IcalCalendar = Ical.Net.Calendar;
using IcalEvent = Ical.Net.CalendarComponents.CalendarEvent;

namespace Convonet.Tests.Calendar;

/// <summary>The exported calendar, as another program reads it.</summary>
public sealed class CalendarFileTests
{
    [Fact]
    public void Write_Fields_ReadBackEqual()
    {
        var one = Event("2026-11-27T12:00:00", "2026-11-27T13:00:00", title: "Lunch; with, \"Anna\" \\ ä 😀", description: "line one\nline two, " + new string('x', 300));

        var read = RoundTrip(one);

        Assert.Equal((one.Id.ToString(), one.Title, one.Description, one.Version), (read.Uid, read.Summary, read.Description, read.Sequence));
        Assert.Equal((one.StartsAt, one.EndsAt, one.CreatedAt), (read.DtStart!.AsUtc, read.DtEnd!.AsUtc, read.DtStamp!.AsUtc));
        Assert.Null(read.RecurrenceRule);
    }

    [Theory]
    [InlineData("x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:evil", "x\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:evil")]
    [InlineData("bell\u0007\u0000", "bell")]
    [InlineData("\u2028 and \u0085", "\n and \n")]
    public void Write_PlantedLines_StayInTheirField(string title, string expected)
    {
        var text = CalendarFile.Write([Event("2026-11-27T12:00:00", "2026-11-27T13:00:00", title: title)]);

        Assert.Equal(expected, Assert.Single(IcalCalendar.Load(text)!.Events).Summary);
        Assert.Equal(1, text.Split('\n').Count(line => line.TrimEnd() == "BEGIN:VEVENT"));
        Assert.All(text.Split("\r\n"), line => Assert.True(line.Length <= 75 && !line.Any(char.IsControl), line));
    }

    [Theory]
    [InlineData("Europe/Zurich", "daily", "2026-03-20T09:00:00", "2026-03-20T10:00:00")]
    [InlineData("Europe/Zurich", "FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261130", "2026-03-23T23:30:00", "2026-03-24T00:30:00")]
    [InlineData("America/Los_Angeles", "FREQ=MONTHLY;BYDAY=-1FR", "2026-01-30T18:00:00", "2026-01-30T19:00:00")]
    [InlineData("Pacific/Auckland", "FREQ=DAILY;INTERVAL=3;COUNT=100", "2026-03-20T07:15:00", "2026-03-20T08:00:00")]
    [InlineData("Asia/Kolkata", "weekdays", "2026-03-20T07:15:00", "2026-03-20T08:00:00")]
    [InlineData("Africa/Cairo", "weekly", "2012-03-20T07:15:00", "2012-03-20T08:00:00")]
    [InlineData("Europe/Zurich", "weekly", "2040-01-20T07:15:00", "2040-01-20T08:00:00")]
    [InlineData("Etc/UTC", "weekly", "2026-03-20T07:15:00", "2026-03-20T08:00:00")]
    public void Write_Series_TakesPlaceAtTheSameInstants(string zone, string rule, string start, string end)
    {
        var one = Event(start, end, zone, rule);
        var from = Instant.FromDateTimeUtc(one.StartsAt);
        var own = Occurrence.Of(one, new AskedSpan(from, from + Duration.FromDays(500)), 1000).Select(found => (found.Start.ToDateTimeUtc(), found.End.ToDateTimeUtc())).ToArray();

        var read = RoundTrip(one).GetOccurrences().Take(own.Length).Select(found => (found.Period.StartTime.AsUtc, found.Period.EffectiveEndTime!.AsUtc));

        Assert.NotEmpty(own);
        Assert.Equal(own, read);
    }

    [Fact]
    public void Write_Series_DescribesItsZone()
    {
        var text = CalendarFile.Write([Event("2026-03-20T09:00:00", "2026-03-20T10:00:00", rule: "daily")]);

        Assert.Contains("DTSTART;TZID=Europe/Zurich:20260320T090000", text, StringComparison.Ordinal);
        Assert.Contains("RRULE:FREQ=DAILY", text, StringComparison.Ordinal);
        Assert.Equal("Europe/Zurich", Assert.Single(IcalCalendar.Load(text)!.TimeZones).TzId);
    }

    [Fact]
    public void Write_WholeDays_AreDaysAndTheSeriesEndsOnOne()
    {
        var text = CalendarFile.Write([Event("2026-03-27T00:00:00", "2026-03-28T00:00:00", rule: "FREQ=DAILY;UNTIL=20260330")]);

        Assert.Contains("DTSTART;VALUE=DATE:20260327", text, StringComparison.Ordinal);
        Assert.Contains("DTEND;VALUE=DATE:20260328", text, StringComparison.Ordinal);
        Assert.Contains("RRULE:FREQ=DAILY;UNTIL=20260330\r\n", text, StringComparison.Ordinal);
        Assert.Equal(4, Assert.Single(IcalCalendar.Load(text)!.Events).GetOccurrences().Count());
    }

    [Fact]
    public void Write_Nothing_IsAnEmptyCalendar() => Assert.Empty(IcalCalendar.Load(CalendarFile.Write([]))!.Events);

    private static IcalEvent RoundTrip(CalendarEvent one) => Assert.Single(IcalCalendar.Load(CalendarFile.Write([one]))!.Events);

    private static CalendarEvent Event(string start, string end, string zone = "Europe/Zurich", string? rule = null, string title = "Lunch", string? description = null)
    {
        var tz = DateTimeZoneProviders.Tzdb[zone];
        var (from, to) = (LocalDateTimePattern.ExtendedIso.Parse(start).Value, LocalDateTimePattern.ExtendedIso.Parse(end).Value);
        var made = new CalendarEvent
        {
            Id = Guid.NewGuid(),
            Title = title,
            Description = description,
            CreatedAt = new DateTime(2026, 3, 1, 8, 0, 0, DateTimeKind.Utc),
            Version = 3,
            Recurrence = Recurrence.Read(rule, from, tz)?.Value,
        };
        new EventTimes(from, to, from.InZoneLeniently(tz).ToInstant(), to.InZoneLeniently(tz).ToInstant()).Put(made, tz);
        return made;
    }
}
