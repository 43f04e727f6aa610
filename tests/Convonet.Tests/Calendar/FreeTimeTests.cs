using Convonet.Server.Calendar;
using CsCheck;
using NodaTime;

namespace Convonet.Tests.Calendar;

public sealed class FreeTimeTests
{
    /// <summary>Three days around a change of the clock, in both directions, on clocks far apart.</summary>
    private static readonly (string Zone, LocalDate Day)[] Places =
    [
        ("Europe/Zurich", new LocalDate(2026, 3, 28)),
        ("Europe/Zurich", new LocalDate(2026, 10, 24)),
        ("America/Los_Angeles", new LocalDate(2026, 3, 7)),
        ("Pacific/Auckland", new LocalDate(2026, 4, 4)),
        ("Australia/Lord_Howe", new LocalDate(2026, 10, 3)), // by half an hour
        ("America/Santiago", new LocalDate(2026, 9, 5)), // at midnight
        ("Asia/Tokyo", new LocalDate(2026, 12, 31)),
    ];

    private static readonly Gen<Case> Cases =
        from place in Gen.Int[0, Places.Length - 1]
        from earliest in Gen.Int[0, 23 * 60]
        from length in Gen.Int[1, 24 * 60]
        from needed in Gen.Int[1, 300]
        from start in Gen.Int[0, 24 * 60 * 60]
        from span in Gen.Int[1, 3 * 24 * 60 * 60]
        from busy in Gen.Select(Gen.Int[-600 * 60, 4 * 24 * 60 * 60], Gen.OneOf(Gen.Const(0), Gen.Int[1, 200 * 60], Gen.Const(24 * 60 * 60))).Array[0, 12]
        select new Case(Places[place].Zone, Places[place].Day, earliest, Math.Min(earliest + length, 24 * 60), needed, start, span, busy);

    [Fact]
    public void In_AnyDay_IsWhatCountingMinutesFinds() => Cases.Sample(
        one =>
        {
            var (clock, hours, span, busy) = one.Build();

            var found = FreeTime.In(busy, span, Duration.FromMinutes(one.Needed), hours, clock).ToArray();

            Assert.Equal(Count(busy, span, one.Needed, hours, clock), found);
        },
        iter: 500);

    [Theory]
    [InlineData("08:00-09:00 09:00-10:00", "10:00-18:00")] // one after the other
    [InlineData("09:00-11:00 10:00-12:00", "08:00-09:00 12:00-18:00")] // over each other
    [InlineData("09:00-17:00 10:00-11:00", "08:00-09:00 17:00-18:00")] // within each other
    [InlineData("07:00-08:30 17:30-19:00", "08:30-17:30")] // over the edges
    [InlineData("08:59-17:01", "")] // what is left is too short
    [InlineData("00:00-23:59", "")]
    [InlineData("12:00-12:00", "08:00-18:00")] // takes no time
    [InlineData("", "08:00-18:00")]
    public void In_OneDay_IsBetween(string busy, string free)
    {
        var clock = new UserClock(default, DateTimeZoneProviders.Tzdb["Europe/Zurich"]);
        var day = new LocalDate(2026, 11, 25);

        var found = FreeTime.In(
            Split(busy, day, clock), new AskedSpan(clock.StartOf(day), clock.StartOf(day.PlusDays(1))), Duration.FromMinutes(60), new DayHours(new LocalTime(8, 0), new LocalTime(18, 0)), clock);

        Assert.Equal(Split(free, day, clock), found);
    }

    private static AskedSpan[] Split(string text, LocalDate day, UserClock clock) =>
    [
        .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('-'))
            .Select(pair => new AskedSpan(clock.InstantOf(day.At(WrittenTime.ReadTimeOfDay(pair[0]))), clock.InstantOf(day.At(WrittenTime.ReadTimeOfDay(pair[1]))))),
    ];

    /// <summary>The same, minute by minute: one is free when all of it lies in the span and in its day's hours, and nothing touches it.</summary>
    private static AskedSpan[] Count(AskedSpan[] busy, AskedSpan span, int needed, DayHours hours, UserClock clock)
    {
        var minute = Duration.FromMinutes(1);
        var found = new List<AskedSpan>();
        for (var day = clock.LocalOf(span.From).Date; day <= clock.LocalOf(span.To).Date; day = day.PlusDays(1))
        {
            Instant? begin = null;
            var (from, to) = (hours.StartOf(day, clock), hours.EndOf(day, clock));
            for (var at = from; at <= to; at += minute)
            {
                var free = at + minute <= to && at >= span.From && at + minute <= span.To && !busy.Any(one => one.To > one.From && one.From < at + minute && one.To > at);
                if (!free && begin is { } since && at - since >= minute * needed)
                {
                    found.Add(new AskedSpan(since, at));
                }

                begin = free ? begin ?? at : null;
            }
        }

        return [.. found];
    }

    private sealed record Case(string Zone, LocalDate Day, int Earliest, int Latest, int Needed, int StartSeconds, int SpanSeconds, (int Start, int Length)[] Busy)
    {
        public (UserClock Clock, DayHours Hours, AskedSpan Span, AskedSpan[] Busy) Build()
        {
            var clock = new UserClock(default, DateTimeZoneProviders.Tzdb[Zone]);
            var midnight = clock.StartOf(Day);
            var from = midnight + Duration.FromSeconds(StartSeconds);
            return (
                clock,
                new DayHours(LocalTime.FromMinutesSinceMidnight(Earliest), Latest == 24 * 60 ? LocalTime.Midnight : LocalTime.FromMinutesSinceMidnight(Latest)),
                new AskedSpan(from, from + Duration.FromSeconds(SpanSeconds)),
                [.. Busy.Select(one => new AskedSpan(midnight + Duration.FromSeconds(one.Start), midnight + Duration.FromSeconds(one.Start + one.Length)))]);
        }
    }
}
