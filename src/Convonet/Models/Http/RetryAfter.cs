using System.Net.Http.Headers;

namespace Convonet.Models.Http;

/// <summary>Reads how long a provider asks to wait.</summary>
internal static class RetryAfter
{
    /// <summary>The <c>Retry-After</c> header as a wait from now, never negative; null when there is none.</summary>
    /// <param name="headers">The answer's headers.</param>
    /// <param name="time">The clock that a date is compared with.</param>
    public static TimeSpan? From(HttpResponseHeaders headers, TimeProvider time)
    {
        var value = headers.RetryAfter;
        var wait = value?.Delta ?? value?.Date - time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
