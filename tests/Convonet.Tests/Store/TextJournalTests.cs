using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Server.Conversations;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Convonet.Tests.Store;

/// <summary>Text that was shown is kept behind it, and whoever takes the turn up finds it.</summary>
public sealed class TextJournalTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Action Nothing => static () => Assert.Fail("Nobody else runs this turn.");

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Text_OfOneMoment_IsOnePieceAndIsThereAgain(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, _) = await store.BeginTurnAsync();
        using (var texts = await StartAsync(store))
        {
            texts.Note(turn.Id, 1, 0, "It is ", Nothing);
            texts.Note(turn.Id, 1, 6, "twelve\0", Nothing);
            await texts.StopAsync(Token);
        }

        var pieces = await PiecesAsync(store);
        var kept = await LoadAsync(store);

        Assert.Single(pieces);
        Assert.Equal(("It is twelve\uFFFD", "It is twelve\uFFFD"), (kept.Shown, kept.Begun));
    }

    [Fact]
    public async Task Text_OfATurnThatHasEnded_IsInItsRowAlone()
    {
        await using var store = await TestStore.CreateAsync();
        var (turn, _) = await store.BeginTurnAsync();
        using (var texts = await StartAsync(store))
        {
            texts.Note(turn.Id, 1, 0, "It is ", Nothing);
            await texts.StopAsync(Token);
        }

        await store.Conversations.EndAsync(new TurnEnd(turn.Id, 1, TurnOutcome.Completed, null, "It is twelve.", "first"), Token);
        using (var late = await StartAsync(store))
        {
            late.Note(turn.Id, 1, 6, "twelve.", Nothing);
            await late.StopAsync(Token);
        }

        Assert.Empty(await PiecesAsync(store));
        var kept = await LoadAsync(store);
        Assert.Equal(("It is twelve.", ""), (kept.Shown, kept.Begun));
    }

    [Fact]
    public async Task Text_ThatWasPerhapsKept_IsNotKeptTwice()
    {
        await using var store = await TestStore.CreateAsync();
        var (turn, _) = await store.BeginTurnAsync();
        foreach (var text in new[] { "It is ", "It is " })
        {
            using var texts = await StartAsync(store);
            texts.Note(turn.Id, 1, 0, text, Nothing);
            await texts.StopAsync(Token);
        }

        Assert.Single(await PiecesAsync(store));
    }

    [Fact]
    public async Task Text_OfATurnWhoseRowHasIt_IsLetGo()
    {
        await using var store = await TestStore.CreateAsync();
        var (turn, _) = await store.BeginTurnAsync();
        var (other, _) = await store.BeginTurnAsync(number: 2);
        using var texts = await StartAsync(store);
        texts.Note(turn.Id, 1, 0, "It is twelve.", Nothing);
        texts.Note(other.Id, 1, 0, "It rains.", Nothing);

        texts.Forget(turn.Id, 1);
        await texts.StopAsync(Token);

        Assert.Equal(other.Id, Assert.Single(await PiecesAsync(store)).TurnId);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Text_OfMoreTurnsThanAStatementTakes_IsKept(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, _) = await store.BeginTurnAsync();
        var superseded = 0;
        using (var texts = await StartAsync(store))
        {
            for (var at = 0; at < PieceRows.Most + 1; at++)
            {
                // Not behind one another: each is a piece of its own.
                texts.Note(turn.Id, 1, at * 10, "a", Nothing);
            }

            // Another owner's, which is not kept.
            texts.Note(turn.Id, 2, 5, "b", () => superseded++);
            await texts.StopAsync(Token);
        }

        Assert.Equal(1, superseded);

        var pieces = await PiecesAsync(store);

        Assert.Equal(PieceRows.Most + 1, pieces.Length);
        Assert.All(pieces, static piece => Assert.Equal((1, "a"), (piece.OwnerEpoch, piece.Text)));
    }

    [Fact]
    public async Task Text_ThatStandsInLine_IsTakenWhenItsTurnComes()
    {
        await using var store = await TestStore.CreateAsync();
        var (turn, _) = await store.BeginTurnAsync();
        var (ended, _) = await store.BeginTurnAsync(number: 2);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = store.Store.WriteAsync(
            async (_, token) =>
            {
                entered.SetResult();
                await gate.Task.WaitAsync(token);
                return true;
            },
            cancellationToken: Token);
        await entered.Task.WaitAsync(Token);
        using var texts = new TextJournal(store.Store, TimeProvider.System, NullLogger<TextJournal>.Instance);
        texts.Note(turn.Id, 1, 0, "It is ", Nothing);
        texts.Note(ended.Id, 1, 0, "It rains.", Nothing);

        var kept = texts.StopAsync(Token);
        texts.Note(turn.Id, 1, 6, "twelve.", Nothing);
        texts.Forget(ended.Id, 1);
        gate.SetResult();
        await Task.WhenAll(before, kept);

        var piece = Assert.Single(await PiecesAsync(store));
        Assert.Equal((turn.Id, "It is twelve."), (piece.TurnId, piece.Text));
    }

    /// <summary>Owner, place and text of the pieces, what is in the turn's row, and what was shown in all.</summary>
    public static TheoryData<string, (int Owner, int At, string Text)[], string> Folded => new()
    {
        { "", [(1, 0, "One "), (1, 4, "two")], "One two" },
        { "One ", [(1, 0, "One "), (1, 4, "two")], "One two" }, // a step's end came between
        { "One t", [(1, 0, "One "), (1, 4, "two")], "One two" },
        { "One two three", [(1, 0, "One "), (1, 4, "two")], "One two three" },
        { "", [(1, 0, "One "), (1, 9, "three")], "One " }, // something is missing
        { "", [(1, 4, "two")], "" },
        { "", [(1, 0, "One "), (1, 4, "late"), (2, 4, "two")], "One two" }, // the second owner did not know of "late"
        { "", [(1, 0, "One "), (2, 4, "two"), (2, 7, " three")], "One two three" },
    };

    [Theory]
    [MemberData(nameof(Folded))]
    public async Task Load_FoldsWhatFits(string committed, (int Owner, int At, string Text)[] pieces, string shown)
    {
        await using var store = await TestStore.CreateAsync();
        var (turn, _) = await store.BeginTurnAsync();
        await store.Store.WriteAsync(
            async (db, token) =>
            {
                db.Pieces.AddRange(pieces.Select(piece => new StoredPiece { TurnId = turn.Id, OwnerEpoch = piece.Owner, At = piece.At, Text = piece.Text }));
                return await db.Turns.ExecuteUpdateAsync(update => update.SetProperty(one => one.Shown, committed), token);
            },
            cancellationToken: Token);

        var kept = await LoadAsync(store);

        Assert.Equal((shown, shown[committed.Length..]), (kept.Shown, kept.Begun));
    }

    [Fact]
    public async Task Text_BeyondTheBound_IsNotHeld()
    {
        await using var store = await TestStore.CreateAsync();
        var (turn, _) = await store.BeginTurnAsync();
        using var texts = await StartAsync(store);
        texts.Note(turn.Id, 1, 0, new string('a', TextJournal.Capacity - 1), Nothing);
        texts.Note(turn.Id, 1, TextJournal.Capacity - 1, "bc", Nothing);
        await texts.StopAsync(Token);

        Assert.Equal(TextJournal.Capacity - 1, (await LoadAsync(store)).Shown.Length);
    }

    /// <summary>Text of other turns goes into the same transaction: it must not fail with that of one which its user deletes just now.</summary>
    [Fact]
    public async Task Text_OfATurnThatIsBeingDeleted_IsLeftOutWithoutAFailure()
    {
        await using var store = await TestStore.CreateAsync(TestDatabase.Postgres);
        var (deleted, _) = await store.BeginTurnAsync();
        var (other, _) = await store.BeginTurnAsync("c_2");
        StoredPiece[] pieces = [PieceOf(deleted), PieceOf(other)];
        // By a connection of its own: however busy the machine is, no limit of the store's ends it.
        await using var own = new NpgsqlConnection(await store.Store.ReadAsync((db, _) => Task.FromResult(db.Database.GetConnectionString()!), Token));
        await own.OpenAsync(Token);
        await using var transaction = await own.BeginTransactionAsync(Token);
        await using (var delete = new NpgsqlCommand("""DELETE FROM turns WHERE "Id" = $1""", own) { Parameters = { new() { Value = deleted.Id } } })
        {
            await delete.ExecuteNonQueryAsync(Token);
        }

        var inserting = store.Store.WriteAsync((db, token) => PieceRows.InsertAsync(db, pieces, token), cancellationToken: Token);
        while (!await IsWaitedForAsync(own))
        {
            Assert.False(inserting.IsCompleted);
        }

        await transaction.CommitAsync(Token);
        Assert.Equal(1, await inserting);
        Assert.Equal(other.Id, Assert.Single(await PiecesAsync(store)).TurnId);
    }

    /// <summary>Whoever ends a turn has its row first, and then lets go of its pieces: in another order the two would wait for each other.</summary>
    [Fact]
    public async Task Delete_WhileATurnEnds_WaitsForItsRowAndHoldsNoPieceOfIt()
    {
        await using var store = await TestStore.CreateAsync(TestDatabase.Postgres);
        var (turn, _) = await store.BeginTurnAsync();
        await store.Store.WriteAsync((db, token) => PieceRows.InsertAsync(db, [PieceOf(turn)], token), cancellationToken: Token);
        await using var own = new NpgsqlConnection(await store.Store.ReadAsync((db, _) => Task.FromResult(db.Database.GetConnectionString()!), Token));
        await own.OpenAsync(Token);
        await using var transaction = await own.BeginTransactionAsync(Token);
        await ExecuteAsync("""UPDATE turns SET "Tries" = 0 WHERE "Id" = $1""");

        var deleting = store.Conversations.DeleteAsync("c_1", store.UserId.ToString(), Token).AsTask();
        while (!await IsWaitedForAsync(own))
        {
            Assert.False(deleting.IsCompleted);
        }

        await ExecuteAsync("""SELECT FROM pieces WHERE "TurnId" = $1 FOR UPDATE NOWAIT""");

        // What it used is written down with its end, and says of which conversation.
        await ExecuteAsync(
            """
            INSERT INTO usage ("Id", "UserId", "ConversationId", "Day", "Kind", "Provider", "Model", "Calls", "UntoldCalls", "InputTokens", "OutputTokens", "CachedInputTokens", "AudioMs", "Characters", "UsedAt")
            SELECT "Id", "UserId", "ConversationId", '2026-11-27', 'model', 'p', 'm', 1, 0, 1, 1, 0, 0, 0, now() FROM turns WHERE "Id" = $1
            """);
        await transaction.CommitAsync(Token);
        await deleting;
        Assert.Empty(await PiecesAsync(store));
        Assert.Null(Assert.Single(await store.Store.ReadAsync((db, token) => db.Usage.AsNoTracking().ToArrayAsync(token), Token)).ConversationId);

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, own) { Parameters = { new() { Value = turn.Id } } };
            await command.ExecuteNonQueryAsync(Token);
        }
    }

    private static StoredPiece PieceOf(NewTurn turn) => new() { TurnId = turn.Id, OwnerEpoch = 1, At = 0, Text = "It is twelve." };

    /// <summary>Whether somebody waits for this connection's transaction. (Within one, pg_stat_activity stays as it was at the first look.)</summary>
    private static async Task<bool> IsWaitedForAsync(NpgsqlConnection connection)
    {
        await using var look = new NpgsqlCommand("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))", connection);
        return (bool)(await look.ExecuteScalarAsync(Token))!;
    }

    private static async Task<TextJournal> StartAsync(TestStore store)
    {
        var texts = new TextJournal(store.Store, TimeProvider.System, NullLogger<TextJournal>.Instance);
        await texts.StartAsync(Token);
        return texts;
    }

    private static Task<StoredPiece[]> PiecesAsync(TestStore store) => store.Store.ReadAsync((db, token) => db.Pieces.AsNoTracking().ToArrayAsync(token), Token);

    private static async Task<KeptTurn> LoadAsync(TestStore store) => (await store.Conversations.LoadAsync("c_1", store.UserId.ToString(), Token))!.Turns[0];
}
