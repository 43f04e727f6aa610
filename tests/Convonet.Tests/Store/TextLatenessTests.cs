using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Convonet.Server.Conversations;
using Convonet.Telemetry;
using Convonet.Tests.EndToEnd;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Store;

/// <summary>Text that was shown is handed to the store at most 40 ms later, or at once behind the write that is under way then.</summary>
public sealed class TextLatenessTests : IAsyncLifetime
{
    private static readonly TimeSpan Latest = TimeSpan.FromMilliseconds(40);

    private readonly ObservedTime _time = new();
    private readonly Changes _changes = new();
    private readonly ConcurrentQueue<DateTimeOffset> _begun = [];
    private readonly ManualResetEventSlim _goesOn = new();
    private TestStore _store = null!;
    private TextJournal _texts = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Action Nothing => static () => Assert.Fail("Nobody else runs this turn.");

    public async ValueTask InitializeAsync()
    {
        _store = await TestStore.CreateAsync();
        _texts = new TextJournal(_store.Store, _time, NullLogger<TextJournal>.Instance);
        await _texts.StartAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        _texts.Begun = null;
        _goesOn.Set();
        await _texts.StopAsync(CancellationToken.None);
        _texts.Dispose();
        await _store.DisposeAsync();
        _goesOn.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(24)]
    public async Task First_IsHandedOverInTime_WithWhatFollowsIt(int followsAfterMs)
    {
        var (turn, _) = await _store.BeginTurnAsync();
        Watch();
        var shown = _time.GetUtcNow();

        _texts.Note(turn.Id, 1, 0, "It is ", Nothing);
        await _time.ArmedAsync(TextJournal.Collecting);
        _time.Advance(TimeSpan.FromMilliseconds(followsAfterMs));
        _texts.Note(turn.Id, 1, 6, "twelve.", Nothing);
        _time.Advance(TextJournal.Collecting - TimeSpan.FromMilliseconds(followsAfterMs));
        await BegunAsync(1);

        Assert.InRange(_begun.Last() - shown, TimeSpan.FromMilliseconds(1), Latest);
        await _texts.StopAsync(Token);
        Assert.Equal("It is twelve.", Assert.Single(await PiecesAsync()).Text);
    }

    [Fact]
    public async Task Each_OfManyConversations_IsHandedOverInTime()
    {
        const int Conversations = 40;
        const int Rounds = 3;
        var turns = new List<Guid>();
        for (var i = 0; i < Conversations; i++)
        {
            turns.Add((await _store.BeginTurnAsync($"c_{i}")).Turn.Id);
        }

        Watch();
        for (var round = 0; round < Rounds; round++)
        {
            var shown = _time.GetUtcNow();
            foreach (var (turn, i) in turns.Select(static (turn, i) => (turn, i)))
            {
                if (i == 1)
                {
                    await _time.ArmedAsync(TextJournal.Collecting);
                }

                // Half of them with the first, the others one after the other behind it.
                _time.Advance(TimeSpan.FromMilliseconds(i < Conversations / 2 ? 0 : 1));
                _texts.Note(turn, 1, round * 4, "text", Nothing);
            }

            _time.Advance(shown + TextJournal.Collecting - _time.GetUtcNow());
            await BegunAsync(round + 1);
            Assert.InRange(_begun.Last() - shown, TimeSpan.FromMilliseconds(1), Latest);
            await _time.NoTimersAsync();
        }

        await _texts.StopAsync(Token);
        Assert.Equal(Rounds, _begun.Count);
        Assert.Equal(Conversations * Rounds, (await PiecesAsync()).Length);
    }

    [Theory]
    [InlineData(10, 25)]
    [InlineData(24, 25)]
    [InlineData(25, 25)]
    [InlineData(38, 38)] // at once
    [InlineData(400, 400)]
    public async Task Text_ShownWhileAWriteIsUnderWay_IsHandedOverInTimeOrAtOnceBehindIt(int writeLastsMs, int handedOverAfterMs)
    {
        var (turn, _) = await _store.BeginTurnAsync();
        Watch(holdsFirst: true);

        _texts.Note(turn.Id, 1, 0, "It is ", Nothing);
        await _time.ArmedAsync(TextJournal.Collecting);
        var advanced = Task.Run(() => _time.Advance(TextJournal.Collecting), Token); // may run the write, which waits
        await BegunAsync(1);
        var shown = _time.GetUtcNow();
        _texts.Note(turn.Id, 1, 6, "twelve.", Nothing);
        _time.Advance(TimeSpan.FromMilliseconds(writeLastsMs));
        _goesOn.Set();
        await advanced;
        if (writeLastsMs < handedOverAfterMs)
        {
            var rest = TimeSpan.FromMilliseconds(handedOverAfterMs - writeLastsMs);
            await _time.ArmedAsync(rest);
            _time.Advance(rest);
        }

        await BegunAsync(2);
        Assert.Equal(handedOverAfterMs, (_begun.Last() - shown).TotalMilliseconds);
    }

    [Fact]
    public async Task Lateness_IsMeasuredFromTheFirstOfAPieceToItsCommit()
    {
        var (turn, _) = await _store.BeginTurnAsync();
        var measured = new ConcurrentQueue<double>();
        using var meters = new MeterListener();
        meters.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == ConvonetTelemetry.Name && instrument.Name == "convonet.journal.lateness")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };

        // Of no other test's: theirs are not as long.
        meters.SetMeasurementEventCallback<double>((_, value, _, _) =>
        {
            if (value > 7000)
            {
                measured.Enqueue(value);
                _changes.Raise();
            }
        });
        meters.Start();
        Watch(holdsFirst: true);

        _texts.Note(turn.Id, 1, 0, "It is ", Nothing);
        await _time.ArmedAsync(TextJournal.Collecting);
        _time.Advance(TextJournal.Collecting / 5);
        _texts.Note(turn.Id, 1, 6, "twelve.", Nothing);
        var advanced = Task.Run(() => _time.Advance(TextJournal.Collecting - (TextJournal.Collecting / 5)), Token); // may run the write, which waits
        await BegunAsync(1);
        _time.Advance(TimeSpan.FromSeconds(7654));
        _goesOn.Set();
        await advanced;
        await _changes.UntilAsync(() => !measured.IsEmpty);

        Assert.Equal(7654.025, Assert.Single(measured), 9);
    }

    /// <summary>Looks at the writes from here on.</summary>
    /// <param name="holdsFirst">Whether the first one stands still with its transaction open, and what it keeps taken, until it may go on.</param>
    private void Watch(bool holdsFirst = false) => _texts.Begun = () =>
    {
        _begun.Enqueue(_time.GetUtcNow());
        _changes.Raise();
        if (holdsFirst && _begun.Count == 1)
        {
            _goesOn.Wait(Token);
        }
    };

    private Task BegunAsync(int writes) => _changes.UntilAsync(() => _begun.Count >= writes, $"write {writes} has begun");

    private Task<StoredPiece[]> PiecesAsync() => _store.Store.ReadAsync((db, token) => db.Pieces.AsNoTracking().ToArrayAsync(token), Token);
}
