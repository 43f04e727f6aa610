using System.Threading.Channels;
using Convonet.Agents;
using Convonet.Models;
using Convonet.Models.Health;
using Convonet.Streams;
using Convonet.Tests.EndToEnd;
using Convonet.Tools;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Agents;

/// <summary>A graph on a fake clock, with one turn to run on it.</summary>
internal sealed class GraphFixture
{
    public ObservedTime Time { get; } = new();

    public AgentOptions Options { get; } = new();

    public HedgingOptions Hedging { get; } = new();

    public BreakerOptions Breaker { get; } = new();

    /// <summary>Whether all turns run on one graph, which remembers what its providers did.</summary>
    public bool Remembers { get; set; }

    public ProviderHealth Health => field ??= new(Breaker, Time);

    public HeadStart? HeadStart { get; set; }

    /// <summary>What the turns used.</summary>
    public UsageTally Usage { get; } = new(new PriceTable(new PriceOptions { Models = { ["first-1"] = new() { Input = 1, Output = 2 }, ["second-1"] = new() { Input = 10, Output = 20 } } }));

    public ToolOptions ToolOptions { get; } = new();

    public List<AIFunction> Tools { get; } = [];

    public List<HistoryItem> History { get; } = [new HistoryItem.UserMessage("Hello")];

    public InMemoryTurnJournal Checkpoints { get; } = new();

    public StrayTasks Strays { get; } = new(NullLogger<StrayTasks>.Instance);

    public ILogger<AgentGraph> Logger { get; set; } = NullLogger<AgentGraph>.Instance;

    public Checkpoint? ResumeFrom { get; set; }

    public bool IsVoice { get; set; }

    /// <summary>What was shown of the step that the turn goes on with.</summary>
    public string Begun { get; set; } = "";

    public Confirmations Confirmations => field ??= new(Time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TaskCompletionSource Gate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A tool that runs until it is released or stopped.</summary>
    public static AIFunction Waiting(TaskCompletionSource started, Task release) => ToolFactory.Create(
        async (CancellationToken token) =>
        {
            started.SetResult();
            await release.WaitAsync(token);
            return "done";
        },
        "slow_tool",
        "Test.");

    /// <summary>Starts the turn; its updates can be awaited one by one.</summary>
    public RunningGraph Start(params IChatModel[] models) => new(this, models);

    /// <summary>Runs the turn to its end.</summary>
    public async Task<IReadOnlyList<AgentUpdate>> RunAsync(params IChatModel[] models) => await Start(models).RestAsync();

    public IAsyncEnumerable<AgentUpdate> Stream(IReadOnlyList<IChatModel> models, CancellationToken stop) => (Remembers ? Kept : Create(null))
        .RunAsync(
            new AgentTurn("conversation", 1, "Be brief.", History, models, Checkpoints)
            {
                ResumeFrom = ResumeFrom,
                IsVoice = IsVoice,
                Confirmations = Confirmations,
                Shown = Begun,
                Begun = Begun,
                HeadStart = HeadStart,
                Usage = Usage,
            },
            stop);

    /// <summary>The graph of all turns.</summary>
    public AgentGraph Kept => field ??= Create(Health);

    private AgentGraph Create(ProviderHealth? health) => new(
        new ToolRunner(Tools, ToolOptions, Time, Strays, NullLogger<ToolRunner>.Instance), Options, Time, Strays, Logger, health, Hedging);

    /// <summary>A turn under way.</summary>
    internal sealed class RunningGraph
    {
        private readonly Channel<AgentUpdate> _updates = Channel.CreateUnbounded<AgentUpdate>();
        private readonly CancellationTokenSource _stop = new();

        public RunningGraph(GraphFixture fixture, IReadOnlyList<IChatModel> models) => Task = PumpAsync(fixture, models);

        public Task Task { get; }

        public void Cancel() => _stop.Cancel();

        public async Task<AgentUpdate> NextAsync() => await _updates.Reader.ReadAsync(Token).AsTask().InTime();

        public async Task<T> NextAsync<T>()
            where T : AgentUpdate => Assert.IsType<T>(await NextAsync());

        /// <summary>All updates until one of this type, which is the last of them.</summary>
        public async Task<IReadOnlyList<AgentUpdate>> UntilAsync<T>()
            where T : AgentUpdate
        {
            List<AgentUpdate> read = [];
            do
            {
                read.Add(await NextAsync());
            }
            while (read[^1] is not T);
            return read;
        }

        public async Task<IReadOnlyList<AgentUpdate>> RestAsync() => await _updates.Reader.ReadAllAsync(Token).ToArrayAsync(Token).AsTask().InTime();

        public async Task<AgentUpdate.Completed> EndAsync() => Assert.IsType<AgentUpdate.Completed>((await RestAsync())[^1]);

        private async Task PumpAsync(GraphFixture fixture, IReadOnlyList<IChatModel> models)
        {
            await Task.Yield();
            try
            {
                await foreach (var update in fixture.Stream(models, _stop.Token))
                {
                    _updates.Writer.TryWrite(update);
                }

                _updates.Writer.Complete();
            }
            catch (Exception error)
            {
                _updates.Writer.Complete(error);
            }
        }
    }
}

/// <summary>Reads updates in tests.</summary>
internal static class Updates
{
    public static string Text(this IEnumerable<AgentUpdate> updates) => string.Concat(updates.OfType<AgentUpdate.TextDelta>().Select(delta => delta.Text));

    public static IEnumerable<ToolResult> Results(this IEnumerable<AgentUpdate> updates) => updates.OfType<AgentUpdate.ToolFinished>().Select(finished => finished.Result);

    public static AgentUpdate.Completed End(this IEnumerable<AgentUpdate> updates) => Assert.Single(updates.OfType<AgentUpdate.Completed>());
}
