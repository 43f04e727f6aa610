using Convonet.Models.Http;

namespace Convonet.Models.Claude;

/// <summary>
/// Turns error statuses into <see cref="ModelException"/>s inside the SDK's pipeline: the SDK's own exceptions keep the body, which may
/// repeat the user's words, and lose the headers, which say how long to wait.
/// </summary>
internal sealed class ClaudeStatusHandler(TimeProvider time) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var status = (int)response.StatusCode;
            var requestId = response.Headers.TryGetValues("request-id", out var ids) ? ids.FirstOrDefault() : "unknown";
            throw new ModelException(
                ModelException.KindOf(status), $"Claude answered with HTTP {status} (request {requestId}).", RetryAfterHeader.Of(response.Headers, time));
        }
    }
}
