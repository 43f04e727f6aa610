using System.Net;

namespace Convonet.Models.Http;

/// <summary>The body of an answer that is an event stream, with each event bounded: the libraries of the providers would keep a line without end.</summary>
internal sealed class GuardedEvents : HttpContent
{
    private const string EventStream = "text/event-stream";

    private readonly HttpContent _body;

    private GuardedEvents(HttpContent body)
    {
        _body = body;
        foreach (var (name, values) in body.Headers)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    /// <summary>Puts a guard before the body, if it is an event stream.</summary>
    public static HttpResponseMessage Guard(HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentType?.MediaType == EventStream)
        {
            response.Content = new GuardedEvents(response.Content);
        }

        return response;
    }

    /// <inheritdoc/>
    protected override async Task<Stream> CreateContentReadStreamAsync() => await CreateContentReadStreamAsync(CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        new EventStreamGuard(await _body.ReadAsStreamAsync(cancellationToken), ownsBody: true);

    /// <inheritdoc/>
    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => new EventStreamGuard(_body.ReadAsStream(cancellationToken), ownsBody: true);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await using var events = await CreateContentReadStreamAsync();
        await events.CopyToAsync(stream);
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _body.Dispose();
        }

        base.Dispose(disposing);
    }
}
