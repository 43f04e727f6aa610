using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Mcp;

/// <summary>Who decides about the server: whoever has its first account, which on a local start is the local owner.</summary>
internal sealed class McpOwner(ConvonetStore store)
{
    /// <summary>The owner's id; null while there are no accounts.</summary>
    public Task<Guid?> FindAsync(CancellationToken cancellationToken) => store.ReadAsync(
        (db, token) => db.Users.OrderBy(user => user.CreatedAt).ThenBy(user => user.Id).Select(user => (Guid?)user.Id).FirstOrDefaultAsync(token),
        cancellationToken);
}
