using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Convonet.Server.Store;

/// <summary>Brings the schema up to date before the server takes its first connection.</summary>
internal sealed class StoreUpgrade(IDbContextFactory<ConvonetDb> databases) : IHostedService
{
    private const int Tries = 3;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        try
        {
            await MigrateAsync(db, cancellationToken);
            await WarmAsync(db, cancellationToken);
        }
        catch (DbException error)
        {
            throw new InvalidOperationException($"The database that Convonet:Database names, {db.Database.GetDbConnection().DataSource}, cannot be used: {error.Message}", error);
        }
    }

    /// <summary>A node that stands still between two statements is given up by the database; what it had done is undone.</summary>
    private static async Task MigrateAsync(ConvonetDb db, CancellationToken cancellationToken)
    {
        for (var left = Tries; ; left--)
        {
            try
            {
                if (db is PostgresDb && await db.GetService<IRelationalDatabaseCreator>().ExistsAsync(cancellationToken))
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
