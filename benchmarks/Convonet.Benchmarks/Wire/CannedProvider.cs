using System.Net;
using System.Net.Http.Headers;
using Convonet.Models;
using Convonet.Models.Http;
using Convonet.Models.Rehearsals;

namespace Convonet.Benchmarks.Wire;

/// <summary>A provider's model as production has it, with canned bytes where the network would be.</summary>
internal sealed class CannedProvider : HttpMessageHandler
{
    private readonly CannedAnswer _answer;
    private readonly int _deltas;

    public CannedProvider(string provider, int deltas)
    {
        (_answer, _deltas) = (CannedAnswer.Of(provider), deltas);
        var http = new HttpClient(this);
        Model = Rehearsal.ModelOf(provider, http);
    }

    /// <summary>The model.</summary>
    public IChatModel Model { get; }

    /// <summary>The body of the last answer.</summary>
    public LockStepStream Body { get; private set; } = null!;

    /// <summary>Forgets the last answer.</summary>
    public void Clear() => Body = null!;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Body = new LockStepStream(_answer, _deltas);
        var content = new StreamContent(Body);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
        return Task.FromResult(GuardedEvents.Guard(new HttpResponseMessage(HttpStatusCode.OK) { Content = content }));
    }
}
