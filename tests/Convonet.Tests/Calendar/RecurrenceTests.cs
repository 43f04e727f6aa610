using Convonet.Server.Calendar;
using Convonet.Tools;
using NodaTime;
using NodaTime.Text;

namespace Convonet.Tests.Calendar;

public sealed class RecurrenceTests
{
    private static readonly DateTimeZone Zurich = DateTimeZoneProviders.Tzdb["Europe/Zurich"];

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData(" None ", null)]
    [InlineData("Daily", "FREQ=DAILY")]
    [InlineData("weekly", "FREQ=WEEKLY")]
    [InlineData("monthly", "FREQ=MONTHLY")]
    [InlineData("yearly", "FREQ=YEARLY")]
    [InlineData("weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")]
    [InlineData("freq=weekly;byday=mo", "FREQ=WEEKLY;BYDAY=MO")]
    [InlineData("RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3;", "FREQ=MONTHLY;BYDAY=-1FR;COUNT=3")]
    [InlineData("FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0", "FREQ=DAILY")]
    [InlineData("FREQ=DAILY;UNTIL=20261127", "FREQ=DAILY;UNTIL=20261127T225959Z")]
    [InlineData("FREQ=DAILY;UNTIL=20261127T090000", "FREQ=DAILY;UNTIL=20261127T080000Z")]
    [InlineData("FREQ=DAILY;UNTIL=20261127T080000Z", "FREQ=DAILY;UNTIL=20261127T080000Z")]
    public void Read_RuleOrWord_IsARule(string? text, string? value) => Assert.Equal(value, Recurrence.Read(text, At("2026-11-25T09:00:00"), Zurich)?.Value);

    [Theory]
    [InlineData("FREQ=SECONDLY", "not more often")]
    [InlineData("FREQ=MINUTELY", "not more often")]
    [InlineData("FREQ=HOURLY", "not more often")]
    [InlineData("FREQ=DAILY;COUNT=0", "This is no recurrence")]
    [InlineData("FREQ=DAILY;COUNT=-1", "This is no recurrence")]
    [InlineData("FREQ=DAILY;COUNT=1001", "COUNT may be at most 1000")]
    [InlineData("FREQ=DAILY;COUNT=99999999999", "This is no recurrence")]
    [InlineData("FREQ=DAILY;INTERVAL=0", "This is no recurrence")]
    [InlineData("FREQ=DAILY;INTERVAL=2147483647", "INTERVAL at most 1000")]
    [InlineData("FREQ=DAILY;COUNT=2;UNTIL=20261201", "This is no recurrence")]
    [InlineData("FREQ=DAILY;UNTIL=20261332", "The UNTIL of the recurrence is no date")]
    [InlineData("FREQ=DAILY;UNTIL=20261124", "has no day on which it takes place")]
    [InlineData("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "has no day on which it takes place")]
    [InlineData("FREQ=DAILY;FREQ=WEEKLY", "This is no recurrence")]
    [InlineData("FREQ=DAILY\r\nX-EVIL:1", "This is no recurrence")]
    [InlineData("FREQ=WEEKLY;BYDAY=XX", "This is no recurrence")]
    [InlineData("FREQ=WEEKLY;BYDAY=2MO", "This is no recurrence")]
    [InlineData("FREQ=WEEKLY;BYMONTHDAY=3", "This is no recurrence")]
    [InlineData("FREQ=MONTHLY;BYWEEKNO=3", "This is no recurrence")]
    [InlineData("FREQ=DAILY;BYHOUR=9,15", "Leave out BYHOUR")]
    [InlineData("FREQ=DAILY;BYHOUR=10", "Leave out BYHOUR")]
    [InlineData("BYDAY=MO", "This is no recurrence")]
    [InlineData("FREQ=DAILY;RSCALE=HEBREW", "This is no recurrence")]
    [InlineData("FREQ=DAILY;UNTIL=99991231", "is no date from 1900 to 9998")]
    [InlineData("FREQ=DAILY;UNTIL=99991231T235959", "is no date from 1900 to 9998")]
    [InlineData("FREQ=DAILY;UNTIL=99991231T235959Z", "is no date from 1900 to 9998")]
    [InlineData("FREQ=DAILY;UNTIL=00010101", "is no date from 1900 to 9998")]
    [InlineData("FREQ=DAILY;UNTIL=-99980101T000000", "is no date from 1900 to 9998")]
    [InlineData("FREQ=DAILY;INTERVAL=1000;BYMONTH=2;BYMONTHDAY=30", "has no day on which it takes place")]
    [InlineData("FREQ=WEEKLY;INTERVAL=1000;BYMONTH=2;BYDAY=MO;BYSETPOS=9", "has no day on which it takes place")]
    [InlineData("FREQ=MONTHLY;INTERVAL=1000;BYMONTHDAY=31;BYMONTH=2", "has no day on which it takes place")]
    [InlineData("FREQ=YEARLY;INTERVAL=1000;BYMONTH=2;BYMONTHDAY=30", "has no day on which it takes place")]
    [InlineData("every full moon", "This is no recurrence")]
    public void Read_Nonsense_IsRefused(string text, string why) =>
        Assert.All(
            [Zurich, DateTimeZoneProviders.Tzdb["America/Los_Angeles"], DateTimeZoneProviders.Tzdb["Pacific/Kiritimati"]],
            zone => Assert.Contains(why, Assert.ThrowsAny<ToolException>(() => Recurrence.Read(text, At("2026-11-25T09:00:00"), zone)).Message, StringComparison.Ordinal));

    /// <summary>The column takes 500 characters, and as it is kept the end is eight longer than as a day.</summary>
    [Theory]
    [InlineData(492, "UNTIL=20271231")]
    [InlineData(500, "UNTIL=20271231T225959Z")]
    public void Read_RuleOf500CharactersAsItIsKept_IsTheLongest(int length, string until)
    {
        Assert.Equal(500, Recurrence.Read(Rule(length), At("2026-11-25T09:00:00"), Zurich)!.Value.Length);
        var error = Assert.ThrowsAny<ToolException>(() => Recurrence.Read(Rule(length + 1), At("2026-11-25T09:00:00"), Zurich));
        Assert.Equal("The recurrence is too long: at most 500 characters.", error.Message);

        string Rule(int wanted)
        {
            var (begin, end) = ("FREQ=YEARLY;BYMONTHDAY=" + string.Concat(Enumerable.Repeat("25,", 120)), $"25;{until}");
            var (room, days) = (wanted - begin.Length - end.Length, "");
            for (; room >= 6; room -= 3)
            {
                days += "25,";
            }

            return begin + days + (room switch { 5 => "1,25,", 4 => "1,1,", 3 => "25,", 2 => "1,", _ => "" }) + end;
        }
    }

    [Theory]
    [InlineData("daily", "2026-03-28T09:00", "2026-03-28T08:00 2026-03-29T07:00 2026-03-30T07:00")] // nine stays nine when clocks go forward
    [InlineData("daily", "2026-10-24T09:00", "2026-10-24T07:00 2026-10-25T08:00 2026-10-26T08:00")] // and back
    [InlineData("daily", "2026-03-28T02:30", "2026-03-28T01:30 2026-03-29T01:30 2026-03-30T00:30")] // skipped: moved on that day
    [InlineData("daily", "2026-10-24T02:30", "2026-10-24T00:30 2026-10-25T00:30 2026-10-26T01:30")] // shown twice: the first
    [InlineData("weekdays", "2026-11-27T09:00", "2026-11-27T08:00 2026-11-30T08:00 2026-12-01T08:00")]
    [InlineData("FREQ=MONTHLY", "2026-01-31T09:00", "2026-01-31T08:00 2026-03-31T07:00 2026-05-31T07:00")]
    [InlineData("yearly", "2024-02-29T09:00", "2024-02-29T08:00 2028-02-29T08:00 2032-02-29T08:00")]
    [InlineData("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-11-30T09:00", "2026-11-30T08:00 2026-12-31T08:00 2027-01-29T08:00")]
    [InlineData("FREQ=DAILY;COUNT=2", "2026-11-25T09:00", "2026-11-25T08:00 2026-11-26T08:00")]
    [InlineData("FREQ=DAILY;UNTIL=20261126", "2026-11-25T09:00", "2026-11-25T08:00 2026-11-26T08:00")]
    [InlineData("FREQ=DAILY;UNTIL=20261126T080000Z", "2026-11-25T09:00", "2026-11-25T08:00 2026-11-26T08:00")]
    [InlineData("FREQ=DAILY;UNTIL=20261126T075959Z", "2026-11-25T09:00", "2026-11-25T08:00")]
    public void Occurrences_Series_FollowTheClockOfItsZone(string rule, string start, string expectedUtc)
    {
        var first = At(start + ":00");
        var span = new AskedSpan(Instant.FromUtc(2020, 1, 1, 0, 0), Instant.FromUtc(2040, 1, 1, 0, 0));

        var found = Occurrence.Of(Series(rule, first, first.PlusHours(1)), span, 3).ToArray();

        Assert.Equal(expectedUtc, string.Join(' ', found.Select(one => one.Start.ToString("uuuu-MM-dd'T'HH:mm", null))));
        Assert.All(found, one => Assert.Equal(Duration.FromHours(1), one.End - one.Start));
    }

    [Fact]
    public void Occurrences_WholeDays_StayWholeDaysWhenClocksChange()
    {
        var clock = new UserClock(default, Zurich);
        var series = Series("daily", At("2026-03-28T00:00:00"), At("2026-03-29T00:00:00"));

        var found = Occurrence.Of(series, new AskedSpan(Instant.FromUtc(2026, 3, 28, 12, 0), Instant.FromUtc(2026, 3, 30, 12, 0)), 9);

        Assert.Equal(
            ["2026-03-28T00:00 2026-03-29T00:00", "2026-03-29T00:00 2026-03-30T00:00", "2026-03-30T00:00 2026-03-31T00:00"],
            found.Select(one => $"{clock.Show(one.Start)} {clock.Show(one.End)}"));
    }

    [Theory]
    [InlineData("2026-11-27T08:59", "2026-11-27T09:00", 0)] // ends when the first would start
    [InlineData("2026-11-27T09:59", "2026-11-27T12:00", 1)] // begins while one runs
    [InlineData("2026-11-27T10:00", "2026-11-27T12:00", 0)] // begins when one ends
    [InlineData("2026-11-27T09:30", "2026-11-28T09:01", 2)]
    [InlineData("2026-11-20T00:00", "2026-11-25T09:00", 0)] // before the series
    [InlineData("2199-11-27T00:00", "2199-11-28T00:00", 1)] // and far into it
    public void Occurrences_OfASpan_AreThoseThatTouchIt(string from, string to, int count)
    {
        var clock = new UserClock(default, Zurich);
        var span = new AskedSpan(clock.InstantOf(At(from + ":00")), clock.InstantOf(At(to + ":00")));

        Assert.Equal(count, Occurrence.Of(Series("daily", At("2026-11-25T09:00:00"), At("2026-11-25T10:00:00")), span, 10).Count());
    }

    [Fact]
    public void Occurrences_ThatLastForDays_AreFoundFromWithin()
    {
        var series = Series("monthly", At("2026-01-01T00:00:00"), At("2026-01-31T00:00:00"));
        var clock = new UserClock(default, Zurich);

        var found = Assert.Single(Occurrence.Of(series, new AskedSpan(clock.InstantOf(At("2026-07-30T12:00:00")), clock.InstantOf(At("2026-07-30T13:00:00"))), 9));

        Assert.Equal("2026-07-01T00:00", clock.Show(found.Start));
    }

    private static CalendarEvent Series(string rule, LocalDateTime start, LocalDateTime end)
    {
        var series = new CalendarEvent { Title = "Series", Recurrence = Recurrence.Read(rule, start, Zurich)!.Value };
        new EventTimes(start, end, start.InZoneLeniently(Zurich).ToInstant(), end.InZoneLeniently(Zurich).ToInstant()).Put(series, Zurich);
        return series;
    }

    private static LocalDateTime At(string text) => LocalDateTimePattern.ExtendedIso.Parse(text).Value;
}
