using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Store;

/// <summary>Gives contexts of SQLite's file connections whose handles stay, and lets go of them with the store: the pool of contexts forgets its own at its end.</summary>
internal sealed class FileFactory(IDbContextFactory<SqliteDb> factory, WriterGate gate) : DatabaseFactory<SqliteDb>(factory, gate), IDisposable
{
    private readonly ConcurrentDictionary<KeptConnection, bool> _kept = [];

    public override ConvonetDb CreateDbContext()
    {
        var db = base.CreateDbContext();
        if (db.Database.GetDbConnection() is not KeptConnection and var plain)
        {
            // The first time. What Entity Framework makes beside it, to look whether there is a file, stays its own.
            var kept = new KeptConnection(plain.ConnectionString) { Ended = ended => _kept.TryRemove(ended, out _) };
            _kept[kept] = true;
            db.Database.SetDbConnection(kept, contextOwnsConnection: true);
        }

        return db;
    }

    public void Dispose()
    {
        foreach (var kept in _kept.Keys)
        {
            kept.End();
        }
    }
}
