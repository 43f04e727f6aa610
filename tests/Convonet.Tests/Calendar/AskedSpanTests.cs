using Convonet.Server.Calendar;
using Convonet.Server.Store;
using NodaTime;
using NodaTime.Text;

namespace Convonet.Tests.Calendar;

public sealed class AskedSpanTests
{
    [Theory]
    [InlineData(null, null, "2026-11-25T00:00", "2026-12-02T00:00")]
    [InlineData("2026-11-27", null, "2026-11-27T00:00", "2026-11-28T00:00")]
    [InlineData("tomorrow at three", null, "2026-11-26T15:00", "2026-11-27T00:00")]
    [InlineData("2026-11-27", "2026-11-28", "2026-11-27T00:00", "2026-11-29T00:00")]
    [InlineData("2026-11-27T09:00", "2026-11-27T10:30", "2026-11-27T09:00", "2026-11-27T10:30")]
    [InlineData(null, "friday", "2026-11-25T00:00", "2026-11-28T00:00")]
    [InlineData("", " ", "2026-11-25T00:00", "2026-12-02T00:00")]
    [InlineData("this week", null, "2026-11-25T00:00", "2026-11-30T00:00")]
    [InlineData("Next week", null, "2026-11-30T00:00", "2026-12-07T00:00")]
    [InlineData("this weekend", null, "2026-11-28T00:00", "2026-11-30T00:00")]
    [InlineData("next weekend", null, "2026-12-05T00:00", "2026-12-07T00:00")]
    [InlineData("this month", null, "2026-11-25T00:00", "2026-12-01T00:00")]
    [InlineData("next month", null, "2026-12-01T00:00", "2027-01-01T00:00")]
    [InlineData("tomorrow", "next week", "2026-11-26T00:00", "2026-12-07T00:00")]
    public void Read_Plain_IsThatSpan(string? from, string? to, string first, string after)
    {
        var span = AskedSpan.Read(from, to, Clock);

        Assert.Equal((first, after), (Clock.Show(span.From), Clock.Show(span.To)));
    }

    [Theory]
    [InlineData("2026-11-27", "2026-11-26", "to")]
    [InlineData("2026-11-27T09:00", "2026-11-27T09:00", "to")]
    [InlineData("2026-01-01", "2028-01-02", "to")]
    [InlineData("some day", null, "from")]
    [InlineData(null, "some day", "to")]
    public void Read_NotPlain_NamesTheField(string? from, string? to, string field) =>
        Assert.Equal(field, Assert.Throws<RefusedException>(() => AskedSpan.Read(from, to, Clock)).Field);

    /// <summary>A Wednesday.</summary>
    private static UserClock Clock => new(InstantPattern.General.Parse("2026-11-25T16:02:30Z").Value, DateTimeZoneProviders.Tzdb["Europe/Zurich"]);
}
