using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Convonet.Server.Store;

/// <summary>Gives contexts connections whose handles stay, and lets go of them with the store: the pool of contexts forgets its own at its end.</summary>
/// <param name="connection">To the database.</param>
internal sealed class KeptConnections(string connection) : DbConnectionInterceptor, IDisposable
{
    private readonly ConcurrentDictionary<KeptConnection, bool> _kept = [];

    public override InterceptionResult<DbConnection> ConnectionCreating(ConnectionCreatingEventData eventData, InterceptionResult<DbConnection> result)
    {
        var made = new KeptConnection(connection, ended => _kept.TryRemove(ended, out _));
        _kept[made] = true;
        return InterceptionResult<DbConnection>.SuppressWithResult(made);
    }

    public void Dispose()
    {
        foreach (var kept in _kept.Keys)
        {
            kept.End();
        }
    }
}
