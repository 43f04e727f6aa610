using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Streams;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Conversations;

/// <summary>What a conversation needs, with scripted models and a clock that stands still.</summary>
internal sealed class ConversationFixture
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public ConversationFixture(params ReadOnlySpan<AIFunction> tools)
    {
        Services = new ConversationServices(
            new AgentGraph(
                new ToolRunner([.. tools], new ToolOptions(), Time, Strays, NullLogger<ToolRunner>.Instance),
                new AgentOptions(),
                Time,
                Strays,
                new LoggerFactory([Log]).CreateLogger<AgentGraph>()),
            new ChatModels([new(Model, true, false), new(Other, false, true)], Model.Provider, []),
            Options,
            Time,
            NullLoggerFactory.Instance);
    }

    public FakeTimeProvider Time { get; } = new();

    /// <summary>What goes on behind the turns.</summary>
    public StrayTasks Strays { get; } = new(NullLogger<StrayTasks>.Instance);

    public ConversationOptions Options { get; } = new();

    /// <summary>The default provider, <c>first</c>.</summary>
    public ScriptedModel Model { get; } = new("first");

    /// <summary>Another provider, <c>second</c>.</summary>
    public ScriptedModel Other { get; } = new("second");

    /// <summary>Where the graph logs.</summary>
    public BreakingLog Log { get; } = new();

    public ConversationServices Services { get; }

    public Conversation Start() => new("c_0123456789", "user", Services);

    /// <summary>A tool without arguments.</summary>
    public static AIFunction Tool(string name, Func<CancellationToken, Task<string>> work) => ToolFactory.Create(work, name, $"Does {name}.");

    /// <summary>The events from number <paramref name="after"/> on, until one matches; fails when none does.</summary>
    public static async Task<List<LoggedEvent>> UntilAsync(Conversation conversation, Func<SessionEvent, bool> match, long after = 0)
    {
        // Of a conversation that was kept the log begins behind what is in the snapshot.
        after = after == 0 && !conversation.Events.Reaches(0) ? 1 : after;
        var events = new List<LoggedEvent>();
        var wake = new SemaphoreSlim(0);
        using var watch = conversation.Events.Watch(() => wake.Release());
        while (true)
        {
            while (conversation.Events.TryReadAfter(after, out var logged))
            {
                events.Add(logged);
                after = logged.Seq;
                if (match(logged.Event))
                {
                    return events;
                }
            }

            Assert.True(
                await wake.WaitAsync(Patience, TestContext.Current.CancellationToken),
                $"Not among: {string.Join(" | ", events.Select(one => one.Event))}");
        }
    }

    /// <summary>All events until the terminal event of this turn.</summary>
    public static Task<List<LoggedEvent>> UntilTurnEndsAsync(Conversation conversation, int turn = 1) =>
        UntilAsync(conversation, one => one is SessionEvent.AgentResponse response && response.Turn == turn);

    /// <summary>Waits for something, but not for ever.</summary>
    public static Task WithinAsync(Task task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);
}

/// <summary>A log that can throw, to break a turn from within the graph.</summary>
internal sealed class BreakingLog : ILoggerProvider, ILogger
{
    /// <summary>Throws at a message with this text.</summary>
    public string? BreakAt { get; set; }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (BreakAt is { } text && formatter(state, exception).Contains(text, StringComparison.Ordinal))
        {
            throw new InvalidDataException("The log is full.");
        }
    }

    public void Dispose()
    {
    }
}
