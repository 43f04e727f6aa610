using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Tests.Conversations;
using Convonet.Tests.Speech;
using Convonet.Turns;
using Convonet.Voice;

namespace Convonet.Tests.Costs;

/// <summary>What a turn costs with its speech, which is made while it runs and after it has ended.</summary>
public sealed class SpokenUsageTests : IAsyncDisposable
{
    private static readonly PriceTable Prices = new(new PriceOptions { Models = { ["first-1"] = new() { Input = 1, Output = 2 } }, Speaking = { ["one"] = 100 }, Listening = { ["ear"] = 0.006m } });

    private readonly ConversationFixture _fixture = new();
    private readonly UsageStore _store = new();
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Conversation _conversation;

    public SpokenUsageTests()
    {
        _conversation = new Conversation("c_0123456789", "user", _fixture.Services with { Prices = Prices, Store = _store });
        _fixture.Model.Step().Usage(100, 50).Wait(_go.Task).Text("Done.");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _conversation.DisposeAsync();

    [Fact]
    public async Task Speech_WhileTheTurnRuns_IsInItsEnd()
    {
        await _conversation.SubmitAsync("a", "Hello", Token);
        _conversation.NoteUsed(1, Used(tally => tally.AddListening("ear", TimeSpan.FromSeconds(10))));
        _conversation.NoteUsed(1, Used(tally => tally.AddSpeaking("one", 500)));

        var told = await EndAsync();

        Assert.Equal(new UsageView(100, 50, 0) { Cost = 0.0512m, Currency = "USD", Characters = 500, AudioMs = 10_000 }, ((SessionEvent.AgentResponse)told[^1].Event).Usage);
        Assert.Empty(told.Select(static one => one.Event).OfType<SessionEvent.TurnUsage>());
        Assert.Equal(UsageKind.Answer, Assert.Single(_store.Told).Kind); // the rest is kept by whoever notes it
    }

    [Fact]
    public async Task Speech_AfterTheEnd_IsToldWithAllOfItAndInSnapshots()
    {
        await _conversation.SubmitAsync("a", "Hello", Token);
        _conversation.NoteUsed(1, Used(tally => tally.AddSpeaking("one", 200)));
        var end = (await EndAsync())[^1];

        _conversation.NoteUsed(1, Used(tally => tally.AddSpeaking("one", 300)));
        _conversation.NoteUsed(7, Used(tally => tally.AddSpeaking("one", 300)));

        var all = new UsageView(100, 50, 0) { Cost = 0.0502m, Currency = "USD", Characters = 500 };
        Assert.True(_conversation.Events.TryReadAfter(end.Seq, out var next));
        Assert.Equal((new SessionEvent.TurnUsage(1, all), next.Seq), (next.Event, _conversation.Events.Head));
        Assert.Equal(all, (await _conversation.SnapshotAsync(Token)).Turns[0].Usage);
    }

    [Fact]
    public void Speech_OfATurnOfAnEarlierProcess_IsAddedToWhatWasKept()
    {
        var turn = new NewTurn(Guid.NewGuid(), "c_1", 1, "user", "a", "Hello", true, "first");
        var record = TurnRecord.Of(new KeptTurn(turn, 1, "Done.", TurnOutcome.Completed, null, []) { Used = Used(tally => tally.AddSpeaking("one", 200)) }, null, Prices);
        Assert.Equal(200, record.Used?.Characters);

        record.Note(Used(tally => tally.AddSpeaking("one", 300)));

        Assert.Equal((500, 0.05m), (record.Used?.Characters, record.Used?.Cost));
    }

    [Fact]
    public async Task Spoke_OfATurn_IsKeptOnceAndTold()
    {
        var log = new Log();
        var engines = new VoiceEngines(null, new SpeechFixture().Engines, new TurnOptions(), new SpeechView(null, null, null)) { Usage = log };
        await _conversation.SubmitAsync("a", "Hello", Token);

        engines.OutputFor(_conversation, 1)!.Spoke!("one", 500);
        engines.OutputFor(_conversation, 0)!.Spoke!("one", 20);

        Assert.Equal(
            [(new UsageOwner("user", "c_0123456789", 1), 500L), (new UsageOwner("user", "c_0123456789", null), 20L)],
            log.Noted.Select(static one => (one.Owner, one.Tally.All.Single().Characters)));
        Assert.Equal(500, ((SessionEvent.AgentResponse)(await EndAsync())[^1].Event).Usage?.Characters);
    }

    private static IReadOnlyList<Used> Used(Action<UsageTally> add)
    {
        var tally = new UsageTally(Prices);
        add(tally);
        return tally.Take();
    }

    private async Task<List<LoggedEvent>> EndAsync()
    {
        _go.SetResult();
        return await ConversationFixture.UntilTurnEndsAsync(_conversation);
    }

    private sealed class Log : IUsageLog
    {
        public List<(UsageOwner Owner, UsageTally Tally)> Noted { get; } = [];

        public void Note(UsageOwner owner, Action<UsageTally> add)
        {
            var tally = new UsageTally(Prices);
            add(tally);
            Noted.Add((owner, tally));
        }
    }
}
