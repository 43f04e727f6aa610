using Convonet.Server.Todos;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Store;

/// <summary>Registers the store and brings its schema up to date.</summary>
internal static class StoreSetup
{
    /// <summary>Adds the SQLite store: the file that <c>Convonet:Database</c> names, else <c>convonet.db</c> beside the server.</summary>
    public static void AddStore(this WebApplicationBuilder builder)
    {
        var connection = builder.Configuration["Convonet:Database"] is { Length: > 0 } configured
            ? configured
            : $"Data Source={Path.Combine(builder.Environment.ContentRootPath, "convonet.db")}";
        builder.Services.AddDbContextFactory<ConvonetDb>(options => options.UseSqlite(connection));
        builder.Services.AddHostedService<StoreUpgrade>();
        builder.Services.AddHealthChecks().AddCheck<StoreHealth>("store");
    }
}

/// <summary>Brings the schema up to date before the server takes its first connection.</summary>
internal sealed class StoreUpgrade(IDbContextFactory<ConvonetDb> database) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = await database.CreateDbContextAsync(cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);

        await WarmAsync(db, cancellationToken);
    }

    /// <summary>The first use of each kind of statement costs hundreds of milliseconds, which the first user should not pay.</summary>
    private static async Task WarmAsync(ConvonetDb db, CancellationToken cancellationToken)
    {
        await db.CalendarEvents.AsNoTracking().OrderBy(found => found.Start).FirstOrDefaultAsync(cancellationToken);
        await db.Reminders.AsNoTracking().OrderBy(found => found.RemindAt).FirstOrDefaultAsync(cancellationToken);
        await using var nothingStays = await db.Database.BeginTransactionAsync(cancellationToken);
        db.Todos.Add(new Todo { Id = Guid.Empty, Title = "" });
        await db.SaveChangesAsync(cancellationToken);
        await nothingStays.RollbackAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
