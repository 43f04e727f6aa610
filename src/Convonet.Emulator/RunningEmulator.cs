using System.Collections.Concurrent;
using Convonet.Emulator.Deepgram;
using Convonet.Emulator.Recording;
using Convonet.Emulator.Scripts;

namespace Convonet.Emulator;

/// <summary>An emulator that listens. Disposing it breaks the answers that still run.</summary>
public sealed class RunningEmulator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly RequestHandler _handler;
    private readonly RequestLog _log;
    private readonly ScriptQueue _scripts;
    private readonly ConcurrentDictionary<string, ScriptGate> _gates;
    private readonly SpeakLog _spoken;
    private readonly SpeakSocket _speak;
    private readonly ListenLog _listening;

    internal RunningEmulator(
        WebApplication app,
        RequestHandler handler,
        RequestLog log,
        ScriptQueue scripts,
        ConcurrentDictionary<string, ScriptGate> gates,
        SpeakLog spoken,
        SpeakSocket speak,
        ListenLog listening)
    {
        (_app, _handler, _log, _scripts, _gates, _spoken, _speak, _listening) = (app, handler, log, scripts, gates, spoken, speak, listening);
        BaseAddress = new Uri(app.Urls.First());
    }

    /// <summary>The base address for clients of Gemini and Anthropic, for example <c>http://127.0.0.1:4010</c>.</summary>
    public Uri BaseAddress { get; }

    /// <summary>The base address for clients of OpenAI: <see cref="BaseAddress"/> with <c>/v1</c>.</summary>
    public Uri OpenAIAddress => new(BaseAddress, "/v1");

    /// <summary>The base address for clients of Deepgram's speak socket, <c>ws://127.0.0.1:…</c>.</summary>
    public Uri DeepgramAddress => new UriBuilder(BaseAddress) { Scheme = "ws" }.Uri;

    /// <summary>How many connections to Deepgram's speak socket were accepted so far.</summary>
    public int SpeakConnections => _speak.Connections;

    /// <summary>Takes the next message, JSON, that a client sent on Deepgram's speak socket; waits for it.</summary>
    public ValueTask<string> SpeakMessageAsync(CancellationToken cancellationToken = default) => _spoken.TakeAsync(cancellationToken);

    /// <summary>The requests so far, oldest first: the last 1000, or fewer when their bodies are large.</summary>
    public IReadOnlyList<RecordedRequest> Requests => _log.Snapshot();

    /// <summary>How many answers are running now.</summary>
    public int LiveRequests => _handler.Live;

    /// <summary>How many scripts wait for their request.</summary>
    public int WaitingScripts => _scripts.Count;

    /// <summary>The request with this number, counted from 0 since the start; waits until it has arrived.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The request is no longer kept.</exception>
    public Task<RecordedRequest> RequestAsync(int number, CancellationToken cancellationToken = default) => _log.GetAsync(number, cancellationToken);

    /// <summary>The next request that the script is for is answered by it. Scripts are used in the order in which they came.</summary>
    /// <exception cref="FormatException">The script names a fault that does not exist.</exception>
    public void Enqueue(Script script)
    {
        ArgumentNullException.ThrowIfNull(script);
        Faults.Fault.ParseAll(script.Faults);
        foreach (var step in script.Steps.OfType<ScriptStep.FaultStep>())
        {
            Faults.Fault.ParseAll(step.Fault);
        }

        _scripts.Add(script);
    }

    /// <summary>The next utterance on Deepgram's listen socket is heard like this. Utterances are heard in the order in which they came.</summary>
    /// <exception cref="FormatException">The script names a fault that does not exist.</exception>
    public void Enqueue(SpokenScript script)
    {
        ArgumentNullException.ThrowIfNull(script);
        Faults.Fault.ParseAll(script.Faults);
        _listening.Enqueue(script);
    }

    /// <summary>The connection to the listen socket with this number, counted from 0 since the start; waits until it is there.</summary>
    public Task<ListenConnection> ListenAsync(int number, CancellationToken cancellationToken = default) => _listening.GetAsync(number, cancellationToken);

    /// <summary>Forgets the scripts that wait.</summary>
    public void ClearScripts() => _scripts.Clear();

    /// <summary>The gate with this name; it is the same for every script.</summary>
    public ScriptGate Gate(string name) => _gates.GetOrAdd(name, _ => new ScriptGate());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
