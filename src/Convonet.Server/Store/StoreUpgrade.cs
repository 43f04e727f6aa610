using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using SQLitePCL;

namespace Convonet.Server.Store;

/// <summary>Brings the schema up to date before the server takes its first connection.</summary>
internal sealed class StoreUpgrade(IDbContextFactory<ConvonetDb> databases) : IHostedService
{
    private const int Tries = 3;

    /// <summary>How long another process may hold the lock of an upgrade of SQLite's file before it is taken for dead.</summary>
    private static readonly TimeSpan LockLives = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        try
        {
            if (db is SqliteDb)
            {
                await UpgradeFileAsync(db, cancellationToken);
            }
            else
            {
                await UpgradeServerAsync(db, cancellationToken);
            }

            await WarmAsync(db, cancellationToken);
        }
        catch (Exception error) when (StoreUnavailableException.CauseOf(error) is { } cause)
        {
            throw new InvalidOperationException($"The database that Convonet:Database names, {db.Database.GetDbConnection().DataSource}, cannot be used: {cause.Message}", error);
        }
    }

    /// <summary>
    /// Entity Framework's own lock is a row. A process that is killed leaves it behind, and the next one would wait for it without end; so it is asked for only where there is something
    /// to do, and an old one is taken away. Were its process alive all the same, one of both fails: each step is one transaction.
    /// </summary>
    private static async Task UpgradeFileAsync(ConvonetDb db, CancellationToken cancellationToken)
    {
        // Past Entity Framework, which logs an error for what is said in one line.
        await db.Database.GetDbConnection().OpenAsync(cancellationToken);
        await db.Database.GetDbConnection().CloseAsync();

        // For writing, before anything looks at it: this takes in what a killed process has left in the log, which a look that may only read, as Entity Framework's first one, cannot.
        await db.Database.OpenConnectionAsync(cancellationToken);
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken);

        // A process that was killed leaves what lets the next one read; SQLite says nothing of it before the first write.
        if (raw.sqlite3_db_readonly(((SqliteConnection)db.Database.GetDbConnection()).Handle, "main") == 1)
        {
            throw new InvalidOperationException($"The database that Convonet:Database names, {db.Database.GetDbConnection().DataSource}, can only be read.");
        }

        if (!(await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
        {
            return;
        }

        while (await IsLockedAsync(db, cancellationToken))
        {
            await Task.Delay(Look, cancellationToken);
        }

        await db.Database.MigrateAsync(cancellationToken);
    }

    private static async Task<bool> IsLockedAsync(ConvonetDb db, CancellationToken cancellationToken)
    {
        if (await db.Database.SqlQuery<int>($"SELECT COUNT(*) AS Value FROM sqlite_master WHERE name = '__EFMigrationsLock'").SingleAsync(cancellationToken) == 0)
        {
            return false;
        }

        await db.Database.ExecuteSqlAsync($"""DELETE FROM "__EFMigrationsLock" WHERE abs(unixepoch('now') - unixepoch("Timestamp")) >= {LockLives.TotalSeconds}""", cancellationToken);
        return await db.Database.SqlQuery<int>($"""SELECT COUNT(*) AS Value FROM "__EFMigrationsLock" """).SingleAsync(cancellationToken) > 0;
    }

    /// <summary>A node that stands still between two statements is given up by the database; what it had done is undone.</summary>
    private static async Task UpgradeServerAsync(ConvonetDb db, CancellationToken cancellationToken)
    {
        for (var left = Tries; ; left--)
        {
            try
            {
                if (await db.GetService<IRelationalDatabaseCreator>().ExistsAsync(cancellationToken))
                {
                    // Whoever starts beside it waits until the schema is there. A database that is not there yet is made first.
                    await db.Database.OpenConnectionAsync(cancellationToken);
                    await db.Database.ExecuteSqlAsync($"SET lock_timeout = 0", cancellationToken);
                }

                await db.Database.MigrateAsync(cancellationToken);
                return;
            }
            catch (DbException error) when (left > 1 && StoreUnavailableException.StoodStill(error))
            {
                // Once more.
            }
        }
    }

    /// <summary>The first use of each kind of statement costs hundreds of milliseconds, which the first user should not pay.</summary>
    private static async Task WarmAsync(ConvonetDb db, CancellationToken cancellationToken)
    {
        await db.CalendarEvents.AsNoTracking().OrderBy(found => found.Start).FirstOrDefaultAsync(cancellationToken);
        await db.Reminders.AsNoTracking().OrderBy(found => found.RemindAt).FirstOrDefaultAsync(cancellationToken);
        await db.Todos.AsNoTracking().OrderBy(found => found.CreatedAt).FirstOrDefaultAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
