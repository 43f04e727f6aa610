using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Convonet.Tests.Fakes;

/// <summary>Answers every request with what a test prepared, and keeps the requests.</summary>
public sealed class CannedHttpHandler(Func<HttpResponseMessage> respond) : HttpMessageHandler
{
    /// <summary>The requests, in order.</summary>
    public List<(HttpMethod Method, Uri Uri, HttpRequestHeaders Headers, string Body, string? ContentType)> Requests { get; } = [];

    /// <summary>The body of the only request.</summary>
    public JsonNode Body => JsonNode.Parse(Assert.Single(Requests).Body)!;

    /// <summary>Streams a body of server-sent events.</summary>
    public static CannedHttpHandler Streaming(Stream body) => new(() => Events(body));

    /// <summary>Streams a body that is there at once, to every request.</summary>
    public static CannedHttpHandler Streaming(string body) => new(() => Events(new PiecewiseStream().Text(body)));

    /// <summary>An answer that streams a body of server-sent events.</summary>
    public static HttpResponseMessage Events(Stream body)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body) };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
        return response;
    }

    /// <summary>Fails instead of answering.</summary>
    public static CannedHttpHandler Throwing(Exception error) => new(() => throw error);

    /// <summary>Refuses with a status, a JSON body and one header.</summary>
    public static CannedHttpHandler Failing(int status, string body, string? header = null, string? value = null) => new(() =>
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, new MediaTypeHeaderValue("application/json")) };
        if (header is not null)
        {
            response.Headers.TryAddWithoutValidation(header, value);
        }

        return response;
    });

    /// <summary>A client over this handler that times nothing.</summary>
    public HttpClient Client() => new(this) { Timeout = Timeout.InfiniteTimeSpan };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Add((request.Method, request.RequestUri!, request.Headers, body, request.Content?.Headers.ContentType?.ToString()));
        var response = respond();
        response.RequestMessage = request;
        return response;
    }
}
