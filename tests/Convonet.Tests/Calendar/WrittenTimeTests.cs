using Convonet.Server.Calendar;
using Convonet.Tools;
using NodaTime;
using NodaTime.Text;

namespace Convonet.Tests.Calendar;

/// <summary>The dates that people and models write, on the user's clock.</summary>
public sealed class WrittenTimeTests
{
    /// <summary>A Wednesday.</summary>
    private const string Now = "2026-11-25T17:02:30";

    [Theory]
    [InlineData("2026-11-26", "2026-11-26")]
    [InlineData(" 2026-11-26 ", "2026-11-26")]
    [InlineData("2026-11-26T15:00", "2026-11-26T15:00")]
    [InlineData("2026-11-26 15:00", "2026-11-26T15:00")]
    [InlineData("2026-11-26t15:00:00", "2026-11-26T15:00")]
    [InlineData("2026-11-26T15:00:00.000", "2026-11-26T15:00")]
    [InlineData("2026-11-26T15:00Z", "2026-11-26T16:00")]
    [InlineData("2026-11-26T15:00:00Z", "2026-11-26T16:00")]
    [InlineData("2026-11-26T15:00+01:00", "2026-11-26T15:00")]
    [InlineData("2026-11-26T15:00:00.5-08:00", "2026-11-27T00:00")]
    [InlineData("2026-07-01T15:00Z", "2026-07-01T17:00")]
    public void Read_Iso_IsOnTheUsersClock(string text, string expected) => Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData("today", "2026-11-25")]
    [InlineData("Tomorrow", "2026-11-26")]
    [InlineData("the day after tomorrow", "2026-11-27")]
    [InlineData("yesterday", "2026-11-24")]
    [InlineData("wednesday", "2026-11-25")]
    [InlineData("thursday", "2026-11-26")]
    [InlineData("on friday", "2026-11-27")]
    [InlineData("this friday", "2026-11-27")]
    [InlineData("tuesday", "2026-12-01")]
    [InlineData("next friday", "2026-12-04")]
    [InlineData("next wednesday", "2026-12-02")]
    [InlineData("next monday", "2026-11-30")]
    [InlineData("in two days", "2026-11-27")]
    [InlineData("in a week", "2026-12-02")]
    [InlineData("in 3 weeks", "2026-12-16")]
    [InlineData("in three months", "2027-02-25")]
    [InlineData("a year from now", "2027-11-25")]
    [InlineData("25 november", "2026-11-25")]
    [InlineData("24 november", "2027-11-24")]
    [InlineData("December 1st", "2026-12-01")]
    [InlineData("the 1st of January", "2027-01-01")]
    [InlineData("jan 2, 2028", "2028-01-02")]
    [InlineData("29 february", "2028-02-29")]
    public void Read_DayInWords_IsADay(string text, string expected) => Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData("tomorrow at three", "2026-11-26T15:00")]
    [InlineData("tomorrow at 3", "2026-11-26T15:00")]
    [InlineData("tomorrow, 3 o'clock", "2026-11-26T15:00")]
    [InlineData("three tomorrow", "2026-11-26T15:00")]
    [InlineData("tomorrow at 3:30", "2026-11-26T15:30")]
    [InlineData("tomorrow at 03:30", "2026-11-26T03:30")]
    [InlineData("tomorrow at three thirty", "2026-11-26T15:30")]
    [InlineData("tomorrow at nine forty-five", "2026-11-26T09:45")]
    [InlineData("tomorrow at three in the morning", "2026-11-26T03:00")]
    [InlineData("tomorrow morning at three", "2026-11-26T03:00")]
    [InlineData("3 am tomorrow", "2026-11-26T03:00")]
    [InlineData("3 a.m. tomorrow", "2026-11-26T03:00")]
    [InlineData("tomorrow at six", "2026-11-26T18:00")]
    [InlineData("tomorrow at seven", "2026-11-26T07:00")]
    [InlineData("tomorrow at seven in the evening", "2026-11-26T19:00")]
    [InlineData("tomorrow at twelve", "2026-11-26T12:00")]
    [InlineData("tomorrow at 12 pm", "2026-11-26T12:00")]
    [InlineData("tomorrow at 12am", "2026-11-26T00:00")]
    [InlineData("tomorrow at 03:00 PM", "2026-11-26T15:00")]
    [InlineData("tomorrow at 15:00 in the afternoon", "2026-11-26T15:00")]
    [InlineData("today 17:30", "2026-11-25T17:30")]
    [InlineData("17:30", "2026-11-25T17:30")]
    [InlineData("today at 9:15", "2026-11-25T09:15")]
    [InlineData("monday 9am", "2026-11-30T09:00")]
    [InlineData("monday 9.30", "2026-11-30T09:30")]
    [InlineData("monday at half past nine", "2026-11-30T09:30")]
    [InlineData("monday at quarter to four", "2026-11-30T15:45")]
    [InlineData("monday at quarter to one", "2026-11-30T12:45")]
    [InlineData("monday at quarter to seven", "2026-11-30T06:45")]
    [InlineData("next friday at noon", "2026-12-04T12:00")]
    [InlineData("wednesday at 18:00", "2026-11-25T18:00")]
    [InlineData("wednesday at 9", "2026-12-02T09:00")]
    [InlineData("tonight", "2026-11-25T20:00")]
    [InlineData("tonight at nine", "2026-11-25T21:00")]
    [InlineData("tonight at midnight", "2026-11-26T00:00")]
    [InlineData("midnight", "2026-11-26T00:00")]
    [InlineData("tomorrow night", "2026-11-26T20:00")]
    [InlineData("tomorrow morning", "2026-11-26T09:00")]
    [InlineData("friday afternoon", "2026-11-27T14:00")]
    [InlineData("this evening", "2026-11-25T19:00")]
    [InlineData("2026-12-24 at six", "2026-12-24T18:00")]
    [InlineData("24 december at 18:00", "2026-12-24T18:00")]
    [InlineData("in two days at three", "2026-11-27T15:00")]
    [InlineData("now", "2026-11-25T17:02")]
    [InlineData("in two hours", "2026-11-25T19:02")]
    [InlineData("in an hour", "2026-11-25T18:02")]
    [InlineData("in an hour and a half", "2026-11-25T18:32")]
    [InlineData("in half an hour", "2026-11-25T17:32")]
    [InlineData("in 1.5 hours", "2026-11-25T18:32")]
    [InlineData("in 2 hours and 15 minutes", "2026-11-25T19:17")]
    [InlineData("in twenty-five minutes", "2026-11-25T17:27")]
    [InlineData("in 90min", "2026-11-25T18:32")]
    [InlineData("ten minutes from now", "2026-11-25T17:12")]
    public void Read_TimeInWords_IsThatTime(string text, string expected) => Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("soon")]
    [InlineData("tomorrow-ish")]
    [InlineData("tomorrow at the station")]
    [InlineData("tomorrow tomorrow")]
    [InlineData("monday friday")]
    [InlineData("tomorrow at three four")]
    [InlineData("tomorrow at 25")]
    [InlineData("tomorrow at 9:75")]
    [InlineData("tomorrow at 24:00")]
    [InlineData("tomorrow at midnight")]
    [InlineData("tonight at three")]
    [InlineData("in the morning at three pm")]
    [InlineData("3")]
    [InlineData("17")]
    [InlineData("20261126")]
    [InlineData("11/26/2026")]
    [InlineData("26.11.2026")]
    [InlineData("2026-13-01")]
    [InlineData("2026-02-30")]
    [InlineData("2026-11-26T25:00")]
    [InlineData("0001-01-01")]
    [InlineData("9999-12-31")]
    [InlineData("9999-12-31T23:59-12:00")]
    [InlineData("30 february")]
    [InlineData("31 november 2026")]
    [InlineData("next week")]
    [InlineData("in two hours tomorrow")]
    [InlineData("in half a day")]
    [InlineData("last friday")]
    [InlineData("tomorrow at three\n- \"fake\"")]
    public void Read_NotPlain_SaysWhatToWrite(string text)
    {
        var error = Assert.Throws<ToolException>(() => Read(text));

        Assert.Contains("is not a date that can be read. Write yyyy-MM-dd", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    /// <summary>Each form, in the first and the last years of the calendar and those beside the ones that can be meant, in the zones that are farthest from UTC.</summary>
    [Theory]
    [InlineData("YYYY-12-31")]
    [InlineData("YYYY-01-01T00:00")]
    [InlineData("YYYY-12-31 23:59")]
    [InlineData("YYYY-12-31T23:59:59.999")]
    [InlineData("YYYY-06-30T12:00Z")]
    [InlineData("YYYY-06-30T12:00:00+14:00")]
    [InlineData("YYYY-12-31 at six")]
    [InlineData("31 december YYYY")]
    [InlineData("january 1 YYYY at noon")]
    public void Read_YearThatNobodyCanMean_SaysWhatToWrite(string form)
    {
        foreach (var clock in new[] { "Etc/GMT+12", "Europe/Zurich", "Pacific/Kiritimati" }.Select(ClockIn))
        {
            foreach (var year in new[] { "-9998", "-0001", "0000", "0001", "1899", "1900", "1969", "2200", "9998", "9999" })
            {
                var error = Assert.ThrowsAny<ToolException>(() => WrittenTime.Read(form.Replace("YYYY", year, StringComparison.Ordinal), clock));

                Assert.Contains("is not a date that can be read. Write yyyy-MM-dd", error.Message, StringComparison.Ordinal);
            }

            Assert.All(["1970", "2026", "2199"], year => Assert.Equal(year, $"{WrittenTime.Read(form.Replace("YYYY", year, StringComparison.Ordinal), clock).Local.Year}"));
        }
    }

    [Fact]
    public void Read_EndlessText_IsRefusedInOneShortSentence() =>
        Assert.True(Assert.Throws<ToolException>(() => Read(string.Concat(Enumerable.Repeat("in two hours ", 10_000)))).Message.Length < 250);

    [Theory]
    [InlineData("2026-03-29T02:30", "2026-03-29T03:30", "2026-03-29T01:30:00Z")] // the clock skips it: moved on
    [InlineData("29 march 2026 at 02:30", "2026-03-29T03:30", "2026-03-29T01:30:00Z")]
    [InlineData("2026-10-25T02:30", "2026-10-25T02:30", "2026-10-25T00:30:00Z")] // the clock shows it twice: the first
    [InlineData("2026-10-25T02:30+01:00", "2026-10-25T02:30", "2026-10-25T01:30:00Z")] // and the second, when that is said
    public void Read_WhenClocksChange_IsOneInstant(string text, string local, string instant)
    {
        var read = WrittenTime.Read(text, ClockIn("Europe/Zurich"));

        Assert.Equal((local, instant), (read.Local.ToString("yyyy-MM-ddTHH:mm", null), InstantPattern.General.Format(read.At)));
    }

    [Theory]
    [InlineData("Pacific/Auckland", "today", "2026-12-31", "2026-12-30T11:00:00Z")]
    [InlineData("Pacific/Auckland", "tomorrow at three", "2027-01-01T15:00", "2027-01-01T02:00:00Z")]
    [InlineData("Pacific/Auckland", "1 january", "2027-01-01", "2026-12-31T11:00:00Z")]
    [InlineData("Pacific/Auckland", "friday", "2027-01-01", "2026-12-31T11:00:00Z")]
    [InlineData("America/Los_Angeles", "today", "2026-12-30", "2026-12-30T08:00:00Z")]
    [InlineData("America/Los_Angeles", "tomorrow at three", "2026-12-31T15:00", "2026-12-31T23:00:00Z")]
    [InlineData("America/Los_Angeles", "friday", "2027-01-01", "2027-01-01T08:00:00Z")]
    [InlineData("America/Los_Angeles", "in two hours", "2026-12-30T15:30", "2026-12-30T23:30:00Z")]
    [InlineData("Pacific/Auckland", "in two hours", "2026-12-31T12:30", "2026-12-30T23:30:00Z")]
    public void Read_SameInstantOnTwoClocks_IsEachUsersOwn(string zone, string text, string local, string instant)
    {
        var clock = new UserClock(InstantPattern.General.Parse("2026-12-30T21:30:00Z").Value, DateTimeZoneProviders.Tzdb[zone]);

        var read = WrittenTime.Read(text, clock);

        Assert.Equal((local, instant), (Show(read), InstantPattern.General.Format(read.At)));
    }

    [Fact]
    public void Read_BareTimeWithADay_IsOnThatDay() =>
        Assert.Equal("2026-12-24T16:00", Show(WrittenTime.Read("four", ClockIn("Europe/Zurich"), new LocalDate(2026, 12, 24))));

    [Theory]
    [InlineData("08:00", "08:00")]
    [InlineData("8", "08:00")]
    [InlineData("8am", "08:00")]
    [InlineData("three", "15:00")]
    [InlineData("18:30", "18:30")]
    [InlineData("noon", "12:00")]
    [InlineData("midnight", "00:00")]
    [InlineData("half past seven", "07:30")]
    public void ReadTimeOfDay_Plain_IsThatTime(string text, string expected) => Assert.Equal(expected, WrittenTime.ReadTimeOfDay(text).ToString("HH:mm", null));

    [Theory]
    [InlineData("")]
    [InlineData("tomorrow at nine")]
    [InlineData("in two hours")]
    [InlineData("25:00")]
    [InlineData("early")]
    public void ReadTimeOfDay_NotPlain_IsRefused(string text) =>
        Assert.Contains("is not a time of the day. Write HH:mm.", Assert.Throws<ToolException>(() => WrittenTime.ReadTimeOfDay(text)).Message, StringComparison.Ordinal);

    private static string Read(string text) => Show(WrittenTime.Read(text, ClockIn("Europe/Zurich")));

    private static string Show(WrittenTime read) => read.Local.ToString(read.IsDay ? "yyyy-MM-dd" : "yyyy-MM-ddTHH:mm", null);

    private static UserClock ClockIn(string zone)
    {
        var tz = DateTimeZoneProviders.Tzdb[zone];
        return new UserClock(LocalDateTimePattern.ExtendedIso.Parse(Now).Value.InZoneStrictly(tz).ToInstant(), tz);
    }
}
