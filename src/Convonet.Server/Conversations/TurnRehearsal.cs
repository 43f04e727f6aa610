using System.Threading.Channels;
using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Models.Rehearsals;
using Convonet.Server.Accounts;
using Convonet.Server.Calendar;
using Convonet.Server.Store;
using Convonet.Server.Transport;
using Convonet.Server.Usage;
using Convonet.Streams;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Conversations;

/// <summary>
/// Runs a turn before the first user's: what the runtime compiles of the conversation, the graph and the events at their first use (some thousand methods) nobody waits for. It has a conversation, a graph and a
/// store (in memory) of its own, and asks nobody: the answer is canned bytes. The statements of the real store are <see cref="TurnWarmup"/>'s.
/// </summary>
/// <remarks>Before all else starts: telemetry does not listen yet, so a turn that nobody asked for is not counted.</remarks>
internal sealed partial class TurnRehearsal(ChatModels models, ToolRunner tools, IOptions<AgentOptions> options, ILogger<TurnRehearsal> logger) : IHostedLifecycleService
{
    /// <summary>A server that starts cold is better than one that does not start.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>What is compiled stays so for the whole process.</summary>
    private static int _isRehearsed;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (FailPoint.IsPlanned || !Rehearsal.Knows(models.Default.Name) || Interlocked.Exchange(ref _isRehearsed, 1) == 1)
        {
            return;
        }

        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Limit);
            await RunAsync(limit.Token);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is, a server that could answer does not end for it.
            LogNotRehearsed(error.Message);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The turn.</summary>
    /// <returns>Its last event.</returns>
    internal async Task<SessionEvent.AgentResponse> RunAsync(CancellationToken cancellationToken)
    {
        // The system's clock: a turn that nobody sees has no business on any other.
        var time = TimeProvider.System;

        // Out of no pool: with the last connection the store is gone.
        var connection = $"Data Source={Guid.NewGuid():N};Mode=Memory;Cache=Shared;Pooling=False";
        await using var provider = new ServiceCollection().AddLogging().AddSingleton(time).AddStore(connection).BuildServiceProvider();
        await using var kept = provider.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContext();
        var user = await PrepareAsync(kept, cancellationToken);
        var store = provider.GetRequiredService<ConvonetStore>();
        using var texts = new TextJournal(store, time, NullLogger<TextJournal>.Instance);
        var strays = new StrayTasks(NullLogger<StrayTasks>.Instance);
        using var http = Rehearsal.HttpOf(models.Default.Name);
        var model = Rehearsal.ModelOf(models.Default.Name, http);
        var services = new ConversationServices(
            new AgentGraph(tools, options.Value, time, strays, NullLogger<AgentGraph>.Instance),
            new ChatModels([new ProviderEntry(model, Configured: false, Emulated: true)], model.Provider, []),
            new ConversationOptions(),
            time,
            NullLoggerFactory.Instance)
        {
            Store = new ConversationStore(store, texts),
            Facts = new UserFacts(store),
            Budget = new UserBudget(store, PriceTable.Empty, Options.Create(new BudgetOptions())),
        };
        EventJson.Encode(new SessionEvent.DataChanged([ConversationLibrary.Kind], null));
        return await AskAsync(user, services, cancellationToken);
    }

    /// <summary>Makes the tables and a user. The store is there as long as this connection is open.</summary>
    private static async Task<Guid> PrepareAsync(ConvonetDb db, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        await db.Database.EnsureCreatedAsync(cancellationToken);
        var user = db.Users.Add(new AppUser { Id = Guid.NewGuid(), Name = "-", TimeZone = "Europe/Zurich" });
        await db.SaveChangesAsync(cancellationToken);
        return user.Entity.Id;
    }

    private static async Task<SessionEvent.AgentResponse> AskAsync(Guid user, ConversationServices services, CancellationToken cancellationToken)
    {
        await using var conversation = new Conversation("-", user.ToString(), services);
        var bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var following = conversation.Follow(() => bell.Writer.TryWrite(true));
        await conversation.SubmitAsync("-", "Hello", cancellationToken);
        for (var seq = 0L; ;)
        {
            if (!conversation.Events.TryReadAfter(seq, out var logged))
            {
                await bell.Reader.ReadAsync(cancellationToken);
                continue;
            }

            seq = logged.Seq;
            logged.EncodedBy(EventJson.Encode, conversation.Events.Epoch);
            if (logged.Event is SessionEvent.AgentResponse last)
            {
                return last;
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "The first turn was not rehearsed, so the first answer takes a moment longer: {Why}")]
    private partial void LogNotRehearsed(string why);
}
