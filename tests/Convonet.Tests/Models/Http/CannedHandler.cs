using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Convonet.Tests.Models.Http;

/// <summary>Answers every request with one canned answer and keeps what was asked; no network.</summary>
internal sealed class CannedHandler(Func<HttpResponseMessage> answer) : HttpMessageHandler
{
    public List<(HttpRequestMessage Message, string Body)> Requests { get; } = [];

    public static CannedHandler Events(Stream body) => new(() => EventsAnswer(body));

    public static CannedHandler Events(string body) => Status(HttpStatusCode.OK, body, "text/event-stream");

    public static CannedHandler Status(HttpStatusCode status, string body, string type = "application/json", Action<HttpResponseHeaders>? headers = null) =>
        new(() =>
        {
            var response = Answer(status, type, new MemoryStream(Encoding.UTF8.GetBytes(body)));
            headers?.Invoke(response.Headers);
            return response;
        });

    public static HttpResponseMessage EventsAnswer(Stream body) => Answer(HttpStatusCode.OK, "text/event-stream", body);

    public static CannedHandler Throws(Exception error) => new(() => throw error);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Requests.Add((request, request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken)));
        return answer();
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string type, Stream body)
    {
        var content = new StreamContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return new HttpResponseMessage(status) { Content = content };
    }
}
