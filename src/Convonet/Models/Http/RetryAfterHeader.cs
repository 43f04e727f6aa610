using System.Globalization;
using System.Net.Http.Headers;

namespace Convonet.Models.Http;

/// <summary>Reads how long a provider asks to wait before the next try.</summary>
internal static class RetryAfterHeader
{
    /// <summary>Name of the standard header: whole seconds or an HTTP date.</summary>
    public const string Name = "Retry-After";

    /// <summary>Name of the finer header that Anthropic and OpenAI send beside it, in milliseconds.</summary>
    public const string NameMs = "retry-after-ms";

    // A day is longer than anybody waits; a bound keeps absurd numbers out of TimeSpan's limits.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>The wait that an answer's headers ask for.</summary>
    public static TimeSpan? Of(HttpResponseHeaders headers, TimeProvider time) => Parse(First(headers, NameMs), First(headers, Name), time.GetUtcNow());

    /// <summary>The wait that the two headers ask for; null when neither says one. A date in the past means no wait.</summary>
    /// <param name="milliseconds">Value of <see cref="NameMs"/>; it is the more exact one, so it wins.</param>
    /// <param name="standard">Value of <see cref="Name"/>.</param>
    /// <param name="now">The time that a date is compared with.</param>
    /// <seealso href="https://www.rfc-editor.org/rfc/rfc9110#field.retry-after"/>
    public static TimeSpan? Parse(string? milliseconds, string? standard, DateTimeOffset now)
    {
        if (Number(milliseconds) is { } ms)
        {
            return Bounded(ms / 1000);
        }

        // Fractions of a second are not in the standard, but providers send them.
        if (Number(standard) is { } seconds)
        {
            return Bounded(seconds);
        }

        return DateTimeOffset.TryParse(standard, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? Bounded((date - now).TotalSeconds)
            : null;
    }

    private static string? First(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && !double.IsNaN(number) ? number : null;

    private static TimeSpan Bounded(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, Longest.TotalSeconds));
}
