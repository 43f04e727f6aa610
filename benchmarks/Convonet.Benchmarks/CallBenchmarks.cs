using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using BenchmarkDotNet.Attributes;
using Convonet.Models;
using Convonet.Models.Http;
using Convonet.Models.Rehearsals;
using Convonet.Tools;

namespace Convonet.Benchmarks;

/// <summary>
/// What a model's call costs beside its text: the request with its history and tools, and an answer of two pieces. OpenAI sends instructions and tools back with each
/// of the events that tell of the whole response, and so does this.
/// </summary>
[MemoryDiagnoser]
public class CallBenchmarks : IDisposable
{
    private const int Exchanges = 10;
    private const int Tools = 20;

    private HttpClient _http = null!;
    private IChatModel _model = null!;
    private ModelRequest _request = null!;

    /// <summary>Who is asked.</summary>
    [Params("gemini", "claude", "openai")]
    public string Provider { get; set; } = "gemini";

    /// <summary>Makes the model.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var said = string.Concat(Enumerable.Repeat("There are two of them, and one is late. ", 50));
        var history = Enumerable.Range(0, Exchanges).SelectMany(turn => (HistoryItem[])[new HistoryItem.UserMessage($"And the one of {turn} o'clock?"), new HistoryItem.AssistantMessage([new AssistantPart.Text(said)])]);
        var tools = Enumerable.Range(0, Tools).Select(static number => ToolFactory.Create(
            static (string title, DateTimeOffset from, int minutes, string[] people) => $"{title} {from} {minutes} {people.Length}", $"plan_{number}", "Plans a meeting and tells those who are asked to come.",
            new ToolTraits { Effect = ToolEffect.None }));
        _request = new("call_1_0", "Be brief.", [.. history, new HistoryItem.UserMessage("Thanks")], [.. tools]);
        _http = new HttpClient(new Echo(CannedAnswer.Of(Provider)));
        _model = Rehearsal.ModelOf(Provider, _http);
    }

    /// <summary>Lets go of the model.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _http.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A call.</summary>
    /// <returns>Updates of the answer.</returns>
    [Benchmark]
    public async Task<int> Call()
    {
        var updates = 0;
        await foreach (var _ in _model.StreamAsync(_request))
        {
            updates++;
        }

        return updates;
    }

    /// <summary>Reads the request as the network would, and answers.</summary>
    private sealed class Echo(CannedAnswer answer) : HttpMessageHandler
    {
        private byte[]? _body;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            _body ??= Answer(await request.Content!.ReadAsStringAsync(cancellationToken));
            await request.Content!.CopyToAsync(Stream.Null, cancellationToken);
            var content = new ByteArrayContent(_body);
            content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
            return GuardedEvents.Guard(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
        }

        /// <summary>The canned answer with what was asked in it, where the provider does so.</summary>
        private byte[] Answer(string asked)
        {
            var tools = JsonNode.Parse(asked)!["tools"]!.ToJsonString();
            var whole = Encoding.UTF8.GetString([.. answer.Begin, .. answer.Delta, .. answer.Delta, .. answer.End]);
            return Encoding.UTF8.GetBytes(whole.Replace("\"output\":[]", $"\"output\":[],\"tools\":{tools}", StringComparison.Ordinal));
        }
    }
}
