using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Server.Conversations;
using Convonet.Tests.EndToEnd;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using static Convonet.Tests.Conversations.ConversationFixture;

namespace Convonet.Tests.Conversations;

public sealed class LocalConversationDirectoryTests : IAsyncDisposable
{
    private readonly ConversationFixture _fixture = new();
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LocalConversationDirectory _directory;

    public LocalConversationDirectoryTests() => _directory = new(_fixture.Services);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    [Fact]
    public async Task Sweep_NobodyUsedItForAWhile_EndsIt()
    {
        var conversation = await StartAsync();

        _fixture.Time.Advance(_fixture.Options.IdleTime);
        await _directory.SweepAsync();
        Assert.Same(conversation, await _directory.FindAsync(conversation.Id, "user", Token));

        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await _directory.SweepAsync();
        Assert.Null(await _directory.FindAsync(conversation.Id, "user", Token));
        Assert.Equal(0, _directory.Count);
    }

    [Fact]
    public async Task Start_IdThatIsTaken_IsTheUsersOwnOrNone()
    {
        var conversation = await StartAsync();

        Assert.Same(conversation, await _directory.StartAsync(conversation.Id, "user", Token));
        Assert.Null(await _directory.StartAsync(conversation.Id, "other", Token));
    }

    [Fact]
    public async Task Sweep_ClientLeftJustNow_KeepsIt()
    {
        var conversation = await StartAsync();
        var follower = conversation.Follow(() => { });

        _fixture.Time.Advance(_fixture.Options.IdleTime * 3);
        await _directory.SweepAsync();
        Assert.Equal(1, _directory.Count);

        // A reload of the page after hours: the time counts from here.
        follower.Dispose();
        _fixture.Time.Advance(_fixture.Options.IdleTime);
        await _directory.SweepAsync();
        Assert.Equal(1, _directory.Count);

        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await _directory.SweepAsync();
        Assert.Equal(0, _directory.Count);
    }

    [Fact]
    public async Task Sweep_TurnRuns_KeepsItAndCountsFromTheTurnsEnd()
    {
        _fixture.Options.IdleTime = TimeSpan.FromSeconds(2);
        _fixture.Model.Step().Text("I think").Wait(_gate.Task);
        var conversation = await StartAsync();
        await conversation.SubmitAsync("a", "Think", Token);
        await UntilAsync(conversation, one => one is SessionEvent.TextChunk);

        _fixture.Time.Advance(TimeSpan.FromSeconds(3));
        await _directory.SweepAsync();
        Assert.Equal(1, _directory.Count);

        _gate.SetResult();
        await UntilTurnEndsAsync(conversation);
        await conversation.SnapshotAsync(Token);
        await _directory.SweepAsync();
        Assert.Equal(1, _directory.Count);
    }

    [Fact]
    public async Task Start_TooMany_IsRefusedUntilOneEnds()
    {
        _fixture.Options.MaxConversations = 1;
        await StartAsync();

        Assert.Null(await _directory.StartAsync(_directory.NewId(), "user", Token));

        _fixture.Time.Advance(_fixture.Options.IdleTime * 2);
        await _directory.SweepAsync();
        await StartAsync();
    }

    [Fact]
    public async Task Start_FullOfAbandonedOnes_TheIdlestMakesRoom()
    {
        _fixture.Options.MaxConversations = 2;
        var oldest = await StartAsync();
        _fixture.Time.Advance(TimeSpan.FromSeconds(11));
        var followed = await StartAsync();
        using var follower = followed.Follow(() => { });
        _fixture.Time.Advance(TimeSpan.FromSeconds(11));

        var newest = await StartAsync();

        Assert.Null(await _directory.FindAsync(oldest.Id, "user", Token));
        Assert.Same(followed, await _directory.FindAsync(followed.Id, "user", Token));
        Assert.Same(newest, await _directory.FindAsync(newest.Id, "user", Token));
        Assert.Null(await _directory.StartAsync(_directory.NewId(), "user", Token));
    }

    [Fact]
    public async Task Dispose_RunningTurns_EndsThem()
    {
        var step = _fixture.Model.Step().Hang();
        var conversation = await StartAsync();
        await conversation.SubmitAsync("a", "Think", Token);
        await WithinAsync(step.Begun);

        await WithinAsync(_directory.DisposeAsync().AsTask());

        await WithinAsync(step.Closed);
        Assert.True((await UntilTurnEndsAsync(conversation))[^1].Event is SessionEvent.AgentResponse { Outcome: "cancelled" });
    }

    [Fact]
    public async Task TakeUp_ManyConversations_GoOnSomeAtATime()
    {
        const int SideBySide = 8;
        var store = new LeftBehind(20);
        await using var directory = new LocalConversationDirectory(_fixture.Services with { Store = store });
        var gates = store.Ids.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        Array.ForEach(gates, gate => _fixture.Model.Step().Wait(gate.Task).Text("Done."));

        var takingUp = directory.TakeUpAsync(Token);
        Assert.Equal((SideBySide, false), (store.Loads, takingUp.IsCompleted));

        gates[0].SetResult();
        await WithinAsync(store.LoadedAsync(SideBySide + 1));
        Assert.Equal((SideBySide + 1, false), (store.Loads, takingUp.IsCompleted));

        Array.ForEach(gates[1..], gate => gate.SetResult());
        await WithinAsync(takingUp);
        Assert.Equal((store.Ids.Length, store.Ids.Length), (store.Loads, directory.Count));
    }

    /// <summary>The list could be read, and then the store went away: whoever takes up has to come back for the rest, as their users may not.</summary>
    [Fact]
    public async Task TakeUp_StoreGoesAwayBetween_TellsHowManyAreLeftAndFindsThemTheNextTime()
    {
        var store = new LeftBehind(3) { Breaks = 2 };
        await using var directory = new LocalConversationDirectory(_fixture.Services with { Store = store });
        Array.ForEach(store.Ids, _ => _fixture.Model.Says("Done."));

        Assert.Equal((3, 2), await directory.TakeUpAsync(Token));
        Assert.Equal(1, directory.Count);
        Assert.Equal((3, 0), await directory.TakeUpAsync(Token));
        Assert.Equal(3, directory.Count);
    }

    [Fact]
    public async Task TakeUp_AtTheStartOfAServerWhoseStoreIsNotWell_IsDoneAgain()
    {
        var store = new LeftBehind(2) { Breaks = 2 };
        await using var directory = new LocalConversationDirectory(_fixture.Services with { Store = store });
        Array.ForEach(store.Ids, _ => _fixture.Model.Says("Done."));
        var (time, lifetime) = (new ObservedTime(), new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance));
        using var service = new TurnTakeUp(directory, lifetime, time, NullLogger<TurnTakeUp>.Instance);
        lifetime.NotifyStarted();
        await service.StartAsync(Token);
        await WithinAsync(time.ArmedAsync(TurnTakeUp.Pause));
        Assert.Equal(0, directory.Count);

        time.Advance(TurnTakeUp.Pause);
        await WithinAsync(service.ExecuteTask!);

        Assert.Equal(2, directory.Count);
    }

    [Fact]
    public void NewId_Always_IsLongAndNew()
    {
        var ids = Enumerable.Range(0, 1000).Select(_ => _directory.NewId()).ToHashSet();

        Assert.Equal(1000, ids.Count);
        Assert.All(ids, id => Assert.Matches("^c_[0-9a-f]{32}$", id));
    }

    /// <summary>Conversations with one turn each that an earlier process accepted and did not end.</summary>
    private sealed class LeftBehind(int count) : StandInStore
    {
        private readonly TaskCompletionSource[] _loaded = [.. Enumerable.Range(0, count).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
        private int _loads;

        public string[] Ids { get; } = [.. Enumerable.Range(1, count).Select(n => $"c_{n}")];

        public int Loads => Volatile.Read(ref _loads);

        /// <summary>How many of the next loads fail.</summary>
        public int Breaks { get; set; }

        public Task LoadedAsync(int times) => _loaded[times - 1].Task;

        public override ValueTask<bool> HasAsync(string id, string user, CancellationToken cancellationToken) => ValueTask.FromResult(true);

        public override ValueTask<KeptConversation?> LoadAsync(string id, string user, CancellationToken cancellationToken)
        {
            if (Breaks > 0)
            {
                Breaks--;
                throw new JournalException(new IOException("The database is locked."));
            }

            _loaded[Interlocked.Increment(ref _loads) - 1].SetResult();
            var turn = new KeptTurn(new NewTurn(Guid.NewGuid(), id, 1, user, "m1", "Hello", false, "first"), 1, "", null, null, []);
            return ValueTask.FromResult<KeptConversation?>(new KeptConversation(id, "first", 2, 1, [turn]));
        }

        public override ValueTask<IReadOnlyList<(string Conversation, string User)>> UnfinishedAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyList<(string, string)>>([.. Ids.Select(id => (id, "user"))]);
    }

    private async Task<Conversation> StartAsync() => Assert.IsType<Conversation>(await _directory.StartAsync(_directory.NewId(), "user", Token));
}
