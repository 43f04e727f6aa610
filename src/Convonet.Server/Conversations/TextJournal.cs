using System.Text;
using Convonet.Conversations;
using Convonet.Server.Store;
using Convonet.Telemetry;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Conversations;

/// <summary>
/// Keeps text behind its being shown: what all turns have shown within a moment is one transaction. A process that dies loses of it what is younger than that. While the store is away it
/// waits here, up to a bound; what is beyond that is shown all the same, and kept when its step ends.
/// </summary>
internal sealed partial class TextJournal(ConvonetStore store, TimeProvider time, ILogger<TextJournal> logger) : BackgroundService
{
    /// <summary>How long the oldest text that waits is collected with, from its being shown: with the commit, no text is more than 40 ms late on a store that is well.</summary>
    internal static readonly TimeSpan Collecting = TimeSpan.FromMilliseconds(25);

    /// <summary>Between two tries while the store takes nothing.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Characters that may wait, of all turns together.</summary>
    internal const int Capacity = 4_000_000;

    private static readonly TimeSpan LastTry = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _bell = new(0, 1);
    private readonly Lock _lock = new();
    private readonly Dictionary<(Guid Turn, int Owner), Action> _owners = [];
    private Dictionary<(Guid Turn, int Owner, int At), Waiting> _waiting = [];
    private Dictionary<(Guid Turn, int Owner), Tail> _tails = [];
    private int _length;

    /// <summary>When the oldest of what waits was shown; null when nothing waits.</summary>
    private long? _oldest;

    /// <summary>Told when a write has taken what it keeps, before it does so.</summary>
    internal Action? Begun { get; set; }

    /// <summary>Text was shown.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="ownerEpoch">Who showed it.</param>
    /// <param name="at">Characters of the turn's text before it.</param>
    /// <param name="text">The text.</param>
    /// <param name="superseded">Called once when the store refuses it, because somebody else runs the turn now.</param>
    public void Note(Guid turn, int ownerEpoch, int at, string text, Action superseded)
    {
        lock (_lock)
        {
            if (_length + text.Length > Capacity)
            {
                return;
            }

            var now = time.GetTimestamp();
            _oldest ??= now;
            _length += text.Length;
            _owners.TryAdd((turn, ownerEpoch), superseded);
            if (_tails.TryGetValue((turn, ownerEpoch), out var tail) && tail.At + tail.Text.Length == at)
            {
                tail.Text.Append(text);
            }
            else
            {
                var piece = new StringBuilder(text);
                _waiting[(turn, ownerEpoch, at)] = new(piece, now);
                _tails[(turn, ownerEpoch)] = new(at, piece);
            }

            if (_bell.CurrentCount == 0)
            {
                _bell.Release();
            }
        }
    }

    /// <summary>Nothing more is shown here of a turn: whoever goes on with it needs what waits.</summary>
    public void Leave(Guid turn, int ownerEpoch)
    {
        lock (_lock)
        {
            _owners.Remove((turn, ownerEpoch));
        }
    }

    /// <summary>The turn has ended and its row has all of its text: what still waits of it is of no use.</summary>
    public void Forget(Guid turn, int ownerEpoch)
    {
        lock (_lock)
        {
            _owners.Remove((turn, ownerEpoch));
            if (_tails.Remove((turn, ownerEpoch), out var tail) && _waiting.Remove((turn, ownerEpoch, tail.At)))
            {
                _length -= tail.Text.Length;
                _oldest = _waiting.Count == 0 ? null : _oldest;
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var limit = new CancellationTokenSource(LastTry, time);
        await TryKeepAsync(limit.Token);
    }

    public override void Dispose()
    {
        _bell.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (var again = false; ;)
            {
                await _bell.WaitAsync(stoppingToken);
                if ((again ? Pause : ToCollect()) is { Ticks: > 0 } wait)
                {
                    await Task.Delay(wait, time, stoppingToken);
                }

                again = !await TryKeepAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count == 0;
            }
        }
    }

    private Taken Take()
    {
        lock (_lock)
        {
            Taken taken = new(
                [.. _waiting.Select(one => new StoredPiece { TurnId = one.Key.Turn, OwnerEpoch = one.Key.Owner, At = one.Key.At, Text = one.Value.Text.ToString() })],
                [.. _waiting.Values.Select(one => one.Shown)]);
            (_waiting, _tails, _length, _oldest) = ([], [], 0, null);
            return taken;
        }
    }

    /// <summary>How long is still to be waited. Nothing behind a write that took longer: what was shown meanwhile has waited.</summary>
    private TimeSpan ToCollect()
    {
        lock (_lock)
        {
            return _oldest is { } oldest ? Collecting - time.GetElapsedTime(oldest) : TimeSpan.Zero;
        }
    }

    /// <returns>False when it still waits.</returns>
    private async Task<bool> TryKeepAsync(CancellationToken cancellationToken)
    {
        if (IsEmpty)
        {
            return true;
        }

        Taken? taken = null;
        try
        {
            // Taken when it is their turn, not before: in a long line turns come to their ends meanwhile, and their text needs no pieces any more.
            var refused = await store.WriteAsync((db, token) => KeepAsync(db, (taken ??= Take()).Pieces, token), cancellationToken: cancellationToken);
            foreach (var one in taken!.Shown)
            {
                ConvonetTelemetry.TextLateness.Record(time.GetElapsedTime(one).TotalSeconds);
            }

            Refuse(refused);
            FailPoint.Pass("delta.after_commit");
            return true;
        }
        catch (Exception error)
        {
            // The border: the text is on its screens already, and is tried again, at the stop of the server, too, which is no fault.
            if (!cancellationToken.IsCancellationRequested)
            {
                LogNotKept(error);
            }

            TakeBack(taken ?? new([], []));
            return false;
        }
    }

    /// <returns>Those whose turns are somebody else's by now.</returns>
    private async Task<IReadOnlyList<(Guid Turn, int Owner)>> KeepAsync(ConvonetDb db, StoredPiece[] pieces, CancellationToken cancellationToken)
    {
        Begun?.Invoke();
        var kept = 0;
        foreach (var some in pieces.Chunk(PieceRows.Most))
        {
            kept += await PieceRows.InsertAsync(db, some, cancellationToken);
        }

        (Guid, int)[] refused = [];
        if (kept < pieces.Length && !Unprotected.Fence)
        {
            // Ended meanwhile, kept before without anybody knowing, or somebody else's turn by now.
            var ids = pieces.Select(piece => piece.TurnId).Distinct().ToArray();
            var owners = await db.Turns.Where(turn => ids.Contains(turn.Id)).Select(turn => new { turn.Id, turn.OwnerEpoch }).ToDictionaryAsync(turn => turn.Id, turn => turn.OwnerEpoch, cancellationToken);
            refused = [.. pieces.Where(piece => owners.TryGetValue(piece.TurnId, out var owner) && owner != piece.OwnerEpoch).Select(piece => (piece.TurnId, piece.OwnerEpoch))];
            ConvonetTelemetry.FencedWrites.Add(refused.Length);
        }

        FailPoint.Pass("delta.before_commit");
        return refused;
    }

    private void Refuse(IReadOnlyList<(Guid Turn, int Owner)> refused)
    {
        foreach (var one in refused)
        {
            Action? superseded;
            lock (_lock)
            {
                _owners.Remove(one, out superseded);
            }

            superseded?.Invoke();
        }
    }

    private void TakeBack(Taken taken)
    {
        lock (_lock)
        {
            foreach (var (piece, at) in taken.Pieces.Zip(taken.Shown).Where(one => _length + one.First.Text.Length <= Capacity))
            {
                _length += piece.Text.Length;
                _waiting[(piece.TurnId, piece.OwnerEpoch, piece.At)] = new(new StringBuilder(piece.Text), at);
                _oldest = Math.Min(_oldest ?? at, at);
            }

            if (_bell.CurrentCount == 0)
            {
                _bell.Release();
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Text that was shown could not be kept yet.")]
    private partial void LogNotKept(Exception error);

    /// <summary>Pieces that are being written, and when the first of each was shown.</summary>
    private sealed record Taken(StoredPiece[] Pieces, long[] Shown);

    /// <summary>A piece that waits, and when the first of it was shown.</summary>
    private readonly record struct Waiting(StringBuilder Text, long Shown);

    /// <summary>The newest piece of a turn: what follows it directly is one with it.</summary>
    private readonly record struct Tail(int At, StringBuilder Text);
}
