using System.Globalization;
using Convonet.Tools;

namespace Convonet.Server.Calendar;

/// <summary>Reads the dates and times that models write, on the user's clock.</summary>
internal static class LocalTime
{
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"];

    /// <summary>A date, or a date and time; an offset is converted to the user's time.</summary>
    /// <exception cref="ToolException">It is neither.</exception>
    public static DateTime Parse(string text, TimeProvider time)
    {
        if (DateTime.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var local))
        {
            return local;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var instant)
            ? TimeZoneInfo.ConvertTime(instant, time.LocalTimeZone).DateTime
            : throw new ToolException($"'{(text.Length <= 40 ? text : text[..40])}' is not a date. Write yyyy-MM-dd or yyyy-MM-ddTHH:mm.");
    }

    /// <summary>As <see cref="Parse"/>; null stays null.</summary>
    public static DateTime? ParseOptional(string? text, TimeProvider time) => string.IsNullOrWhiteSpace(text) ? null : Parse(text, time);

    /// <summary>Whether a text names a day without a time.</summary>
    public static bool IsDay(string text) => text.Trim().Length == "yyyy-MM-dd".Length;
}
