using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Store;

/// <summary>Makes contexts that write through the gate.</summary>
internal class DatabaseFactory<TDb>(IDbContextFactory<TDb> factory, WriterGate gate) : IDbContextFactory<ConvonetDb>
    where TDb : ConvonetDb
{
    public virtual ConvonetDb CreateDbContext()
    {
        // It comes from the pool: what its last user left on it does not hold for the next.
        var db = factory.CreateDbContext();
        (db.Gate, db.Recorder, db.IsReadOnly) = (gate, null, false);
        return db;
    }
}
