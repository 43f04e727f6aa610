using System.Data.Common;
using Convonet.Conversations;
using Convonet.Server.Accounts;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;

namespace Convonet.Server.Store;

/// <summary>The way to the store: reads side by side, writes in short transactions, on SQLite one at a time.</summary>
internal sealed partial class ConvonetStore(IDbContextFactory<ConvonetDb> databases, WriterGate gate, UserFeed feed, TimeProvider time, ILogger<ConvonetStore> logger) : IDisposable
{
    /// <summary>A transaction that lost against another one is repeated this often.</summary>
    private const int Tries = 8;

    /// <summary>Of a change, in characters.</summary>
    private const int LongestSummary = 300;

    /// <summary>How long a transaction may take, the wait in line included.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Compiled once for this store: every turn and every tool asks it.</summary>
    private readonly Func<ConvonetDb, Guid, CancellationToken, Task<AppUser?>> _userOf =
        EF.CompileAsyncQuery((ConvonetDb db, Guid id, CancellationToken _) => db.Users.AsNoTracking().FirstOrDefault(user => user.Id == id));

    /// <summary>The context that wrote last, where one writes at a time: as nobody else does, what its connection has read still holds.</summary>
    private ConvonetDb? _writer;

    /// <summary>Told how long each transaction waited until it began.</summary>
    public Action<TimeSpan>? Waited { get; set; }

    /// <summary>Counts the transactions that have come and are not over.</summary>
    public Congestion? Line { get; set; }

    /// <summary>Now.</summary>
    public Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    /// <summary>Reads, without a transaction, within the time that one may take.</summary>
    public async Task<T> ReadAsync<T>(Func<ConvonetDb, CancellationToken, Task<T>> read, CancellationToken cancellationToken = default)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await using var db = await databases.CreateDbContextAsync(over.Token);
            return await read(db, over.Token);
        }
        catch (OperationCanceledException error) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new StoreUnavailableException(error);
        }
        catch (Exception error) when (StoreUnavailableException.Is(error))
        {
            throw new StoreUnavailableException(error);
        }
    }

    /// <summary>Reads as a user.</summary>
    /// <exception cref="UnknownUserException">There is no such user (any more).</exception>
    public Task<T> ReadAsync<T>(Guid userId, Func<UserScope, CancellationToken, Task<T>> read, CancellationToken cancellationToken = default) => ReadAsync(
        async (db, token) =>
        {
            db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
            db.IsReadOnly = true;
            return await read(await ScopeAsync(db, userId, static _ => throw new InvalidOperationException("A read makes no rows."), token), token);
        },
        cancellationToken);

    /// <summary>What models are told of a user; null when there is none. Every turn asks it, so it is no entity.</summary>
    public Task<KnownUser?> FindUserAsync(Guid userId, CancellationToken cancellationToken = default) => ReadAsync(
        async (db, token) =>
        {
            await db.Database.OpenConnectionAsync(token);
            await using var select = new Statement(db);
            return await select.With("@id", userId).FirstAsync(
                """SELECT "Name", "TimeZone", "AnswersAnew" FROM users WHERE "Id" = @id""", static row => new KnownUser(row.GetString(0), row.GetString(1), row.GetBoolean(2)), token);
        },
        cancellationToken);

    /// <summary>Writes in one transaction, and saves what is tracked at its end.</summary>
    /// <param name="write">Writes; may be run again from the start, with a new context.</param>
    /// <param name="repeatable">Whether it may also be repeated when nobody knows whether it was committed, because doing it twice is doing it once.</param>
    /// <param name="cancellationToken">Gives up; nothing is written then, unless it was just being committed.</param>
    public async Task<T> WriteAsync<T>(Func<ConvonetDb, CancellationToken, Task<T>> write, bool repeatable = false, CancellationToken cancellationToken = default)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var committing = false;
                try
                {
                    return await WriteOnceAsync(write, () => committing = true, over.Token);
                }
                catch (Exception error) when (attempt < Tries && IsLostRace(error) && (!committing || repeatable || StoreUnavailableException.StoodStill(StoreUnavailableException.CauseOf(error))))
                {
                    // At once: whoever was in the way has committed, or the wait was in the database already.
                    LogRepeated(attempt, error.GetType().Name);
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The store did not finish a transaction within {Limit.TotalSeconds} s.");
        }
        catch (Exception error) when (StoreUnavailableException.Is(error))
        {
            throw new StoreUnavailableException(error);
        }
    }

    /// <summary>Writes as a user, records what changes, and tells whom it concerns.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="set">Names the change; its summary is the one that <paramref name="write"/> leaves in the scope.</param>
    /// <param name="newId">Makes the ids of new rows.</param>
    /// <param name="write">Writes; may be run again from the start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<T> WriteAsync<T>(
        Guid userId, Func<ChangeSet> set, Func<int, Guid> newId, Func<UserScope, CancellationToken, Task<T>> write, CancellationToken cancellationToken = default)
    {
        ChangeNotice? notice = null;
        var result = await WriteAsync(
            async (db, token) =>
            {
                var (written, told) = await WriteAsync(db, userId, set(), newId, write, token);
                notice = told;
                return written;
            },
            cancellationToken: cancellationToken);
        Tell(notice);
        return result;
    }

    /// <summary>As the other, within a transaction that is open already: the notice is to be told when that has been committed.</summary>
    public async Task<(T Result, ChangeNotice? Notice)> WriteAsync<T>(
        ConvonetDb db, Guid userId, ChangeSet set, Func<int, Guid> newId, Func<UserScope, CancellationToken, Task<T>> write, CancellationToken cancellationToken)
    {
        var recorder = new ChangeRecorder(set);
        db.Recorder = recorder;
        var scope = await ScopeAsync(db, userId, newId, cancellationToken);
        var result = await write(scope, cancellationToken);
        await KeptLimits.CheckAsync(db, userId, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        if (scope.Summary is { } summary)
        {
            set.Summary = summary.Length <= LongestSummary ? summary : summary[..LongestSummary];
            await db.SaveChangesAsync(cancellationToken);
        }

        db.Recorder = null;
        return (result, recorder.Kinds.Count == 0 ? null : await NoticeAsync(db, recorder, cancellationToken));
    }

    /// <summary>Tells everybody whom a committed change concerns.</summary>
    public void Tell(ChangeNotice? notice)
    {
        foreach (var user in notice?.Users ?? [])
        {
            feed.Publish(user, user == notice!.By ? notice.ForItsMaker : notice.ForOthers);
        }
    }

    /// <summary>Tells a user of a committed change that is none to be taken back.</summary>
    public void Tell(Guid user, string kind) => feed.Publish(user, new SessionEvent.DataChanged([kind], null));

    public void Dispose() => Interlocked.Exchange(ref _writer, null)?.Dispose();

    private static async Task<ChangeNotice> NoticeAsync(ConvonetDb db, ChangeRecorder recorder, CancellationToken cancellationToken)
    {
        var (set, teams) = (recorder.Set, recorder.Teams.ToArray());
        var users = recorder.Users.Append(set.UserId).ToHashSet();
        users.UnionWith(await db.TeamMembers.Where(member => teams.Contains(member.TeamId)).Select(member => member.UserId).ToArrayAsync(cancellationToken));
        var view = new ChangeView(set.Id.ToString(), set.Summary, set.Tool, set.CallId);
        string[] kinds = [.. recorder.Kinds.Order(StringComparer.Ordinal)];
        return new ChangeNotice(set.UserId, [.. users], new SessionEvent.DataChanged(kinds, view), new SessionEvent.DataChanged(kinds, null));
    }

    private async Task<UserScope> ScopeAsync(ConvonetDb db, Guid userId, Func<int, Guid> newId, CancellationToken cancellationToken) =>
        await _userOf(db, userId, cancellationToken) is { } found
            ? new UserScope(db, found, Now, newId)
            : throw new UnknownUserException();

    private async Task<T> WriteOnceAsync<T>(Func<ConvonetDb, CancellationToken, Task<T>> write, Action committing, CancellationToken cancellationToken)
    {
        var (line, began) = (Line, time.GetTimestamp());
        line?.Enter();
        try
        {
            using var place = await gate.EnterAsync(cancellationToken);
            using var inside = gate.MarkInside();
            var db = Interlocked.Exchange(ref _writer, null) ?? await databases.CreateDbContextAsync(cancellationToken);
            try
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                Waited?.Invoke(time.GetElapsedTime(began));
                var result = await write(db, cancellationToken);
                await db.SaveChangesAsync(cancellationToken);
                committing();
                await transaction.CommitAsync(cancellationToken);
                return result;
            }
            finally
            {
                await ReturnAsync(db);
            }
        }
        finally
        {
            line?.Leave();
        }
    }

    /// <summary>Keeps a context for the next writer, whatever became of its transaction.</summary>
    private async ValueTask ReturnAsync(ConvonetDb db)
    {
        ConvonetDb? other = db;
        if (gate.IsForOne)
        {
            db.Reset();
            other = Interlocked.Exchange(ref _writer, db);
        }

        if (other is not null)
        {
            await other.DisposeAsync();
        }
    }

    /// <summary>Whether another transaction was in the way, or the connection broke: the same again may succeed.</summary>
    private static bool IsLostRace(Exception error) => (error is DbUpdateException { InnerException: { } inner } ? inner : StoreUnavailableException.CauseOf(error) ?? error) switch
    {
        DbUpdateConcurrencyException => true, // the row was changed after it was read
        PostgresException postgres => StoreUnavailableException.StoodStill(postgres)
            || postgres.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.UniqueViolation,
        SqliteException sqlite => sqlite.SqliteErrorCode is 5 or 6, // SQLITE_BUSY, SQLITE_LOCKED
        DbException other => other.IsTransient,
        _ => false,
    };

    [LoggerMessage(LogLevel.Debug, "Transaction is repeated after try {Attempt}: {Reason}.")]
    private partial void LogRepeated(int attempt, string reason);
}

/// <summary>Whom a change concerns, and what they are told.</summary>
internal sealed record ChangeNotice(Guid By, IReadOnlyList<Guid> Users, SessionEvent ForItsMaker, SessionEvent ForOthers);

/// <summary>What models are told of a user.</summary>
/// <param name="Name">What the assistant calls them.</param>
/// <param name="TimeZone">IANA name of their time zone.</param>
/// <param name="AnswersAnew">Whether a model is asked each time.</param>
internal sealed record KnownUser(string Name, string TimeZone, bool AnswersAnew);

/// <summary>The user is not there (any more).</summary>
internal sealed class UnknownUserException() : Exception("There is no such user.");
