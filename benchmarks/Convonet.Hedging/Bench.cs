using System.Diagnostics;
using Convonet.Agents;
using Convonet.Emulator;
using Convonet.Models;
using Convonet.Models.Claude;
using Convonet.Models.Gemini;
using Convonet.Models.Health;
using Convonet.Models.Http;
using Convonet.Models.OpenAI;
using Convonet.Streams;
using Convonet.Tools;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Hedging;

/// <summary>The production graph with two of the real adapters, each over sockets to an emulator of its provider.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly List<RunningEmulator> _emulators = [];
    private readonly List<ProviderHttp> _pools = [];
    private readonly StrayTasks _strays = new(NullLogger<StrayTasks>.Instance);
    private readonly AgentGraph _graph;
    private int _turns;
    private CountedModel[] _models = [];

    public Bench(bool hedges) => _graph = new AgentGraph(
        new ToolRunner([], new ToolOptions(), TimeProvider.System, _strays, NullLogger<ToolRunner>.Instance),
        new AgentOptions(),
        TimeProvider.System,
        _strays,
        NullLogger<AgentGraph>.Instance,

        // A breaker that opens at a few slow calls would have the other one asked first, which is another rule's gain.
        new ProviderHealth(new BreakerOptions { Break = TimeSpan.Zero }, TimeProvider.System),
        new HedgingOptions { Enabled = hedges });

    /// <summary>Calls of all models so far.</summary>
    public int Calls => _models.Sum(model => model.Calls);

    /// <summary>Starts the emulators; the first one's model is asked, the other is the one to fall back to.</summary>
    public async Task StartAsync(params Latency[] latencies)
    {
        var models = new List<CountedModel>();
        foreach (var latency in latencies)
        {
            var emulator = await EmulatorHost.StartAsync(new EmulatorOptions { Faults = $"latency;p50={latency.P50Ms};p95={latency.P95Ms};seed=1", Record = false });
            var http = new ProviderHttp(TimeProvider.System);
            _emulators.Add(emulator);
            _pools.Add(http);
            models.Add(new CountedModel(Create(latency, http.Client, emulator)));
        }

        _models = [.. models];
    }

    /// <summary>Runs turns side by side.</summary>
    /// <returns>For each, the time to its first text, and whether the model that was asked first gave the answer.</returns>
    public async Task<IReadOnlyList<(TimeSpan First, bool ByTheFirst)>> RunAsync(int turns, int atOnce)
    {
        var done = new (TimeSpan, bool)[turns];
        await Parallel.ForAsync(0, turns, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (turn, _) => done[turn] = await TurnAsync());
        return done;
    }

    public async ValueTask DisposeAsync()
    {
        await _strays.DrainAsync(CancellationToken.None);
        _pools.ForEach(pool => pool.Dispose());
        foreach (var emulator in _emulators)
        {
            await emulator.DisposeAsync();
        }
    }

    private static IChatModel Create(Latency latency, HttpClient http, RunningEmulator emulator) => latency.Model[..3] switch
    {
        "cla" => new ClaudeChatModel(http, new ClaudeOptions { ApiKey = "key", BaseAddress = emulator.BaseAddress }, NullLogger<ClaudeChatModel>.Instance),
        "gem" => new GeminiChatModel(http, new GeminiOptions { ApiKey = "key", BaseAddress = emulator.BaseAddress }, NullLogger<GeminiChatModel>.Instance),
        _ => OpenAIModelFactory.Create(http, new OpenAIOptions { ApiKey = "key", BaseAddress = emulator.OpenAIAddress, Api = OpenAIApi.Responses }, NullLoggerFactory.Instance),
    };

    private async Task<(TimeSpan, bool)> TurnAsync()
    {
        var turn = new AgentTurn($"c_{Interlocked.Increment(ref _turns)}", 1, "Be brief.", [new HistoryItem.UserMessage("Hello")], _models, new InMemoryTurnJournal());
        var began = Stopwatch.GetTimestamp();
        TimeSpan? first = null;
        await foreach (var update in _graph.RunAsync(turn))
        {
            if (update is AgentUpdate.TextDelta)
            {
                first ??= Stopwatch.GetElapsedTime(began);
            }
            else if (update is AgentUpdate.Completed completed)
            {
                return completed.Outcome == TurnOutcome.Completed && first is { } time
                    ? (time, ReferenceEquals(completed.Model, _models[0]))
                    : throw new InvalidOperationException($"A turn ended as {completed.Outcome} ({completed.Error?.Code}).");
            }
        }

        throw new InvalidOperationException("A turn did not end.");
    }
}
