using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Mcp;

/// <summary>What was agreed to of an MCP server.</summary>
/// <param name="Hash">Hash of all its definitions.</param>
/// <param name="Tools">Hash of each tool, by name.</param>
internal sealed record McpPinned(string Hash, IReadOnlyDictionary<string, string> Tools)
{
    /// <summary>What is otherwise in these definitions; null when nothing is.</summary>
    public McpChange? ChangeTo(McpDefinitions now)
    {
        if (now.Hash == Hash)
        {
            return null;
        }

        var hashes = now.Tools.ToDictionary(tool => tool.Name, tool => tool.Hash, StringComparer.Ordinal);
        return new McpChange(
            now.Hash,
            [.. hashes.Keys.Where(name => !Tools.ContainsKey(name)).Order(StringComparer.Ordinal)],
            [.. Tools.Keys.Where(name => !hashes.ContainsKey(name)).Order(StringComparer.Ordinal)],
            [.. hashes.Where(tool => Tools.TryGetValue(tool.Key, out var hash) && hash != tool.Value).Select(tool => tool.Key).Order(StringComparer.Ordinal)]);
    }
}

/// <summary>A change of a server's definitions that nobody has agreed to.</summary>
/// <param name="Hash">Names it: whoever agrees says to what.</param>
/// <param name="Added">Names of new tools.</param>
/// <param name="Removed">Names of tools that are gone.</param>
/// <param name="Changed">Names of tools that describe themselves otherwise.</param>
internal sealed record McpChange(string Hash, IReadOnlyList<string> Added, IReadOnlyList<string> Removed, IReadOnlyList<string> Changed);

/// <summary>Keeps what was agreed to: a row for each server, and one for each of its tools under the tool's name, which no server can have.</summary>
internal sealed class McpPins(ConvonetStore store)
{
    /// <summary>What was agreed to of this server; null when it was never seen.</summary>
    public Task<McpPinned?> FindAsync(string server, CancellationToken cancellationToken) => store.ReadAsync(
        async (db, token) =>
        {
            var rows = await RowsAsync(db, server, token);
            return rows.Find(row => row.Server == server) is { } all
                ? new McpPinned(all.Hash, rows.Where(row => row.Server != server).ToDictionary(row => row.Server, row => row.Hash, StringComparer.Ordinal))
                : null;
        },
        cancellationToken);

    /// <summary>Agrees to these definitions.</summary>
    public Task PinAsync(McpDefinitions definitions, CancellationToken cancellationToken) => store.WriteAsync(
        async (db, token) =>
        {
            var rows = (await RowsAsync(db, definitions.Server, token)).ToDictionary(row => row.Server, StringComparer.Ordinal);
            var wanted = definitions.Tools.Select(tool => (tool.Name, tool.Hash)).Append((definitions.Server, definitions.Hash)).ToArray();
            var now = store.Now.ToDateTimeUtc();
            foreach (var (name, hash) in wanted)
            {
                if (rows.Remove(name, out var row))
                {
                    (row.Hash, row.AgreedAt) = (hash, now);
                }
                else
                {
                    db.McpPins.Add(new McpPin { Server = name, Hash = hash, AgreedAt = now });
                }
            }

            db.McpPins.RemoveRange(rows.Values);
            return wanted.Length;
        },
        repeatable: true,
        cancellationToken);

    private static async Task<List<McpPin>> RowsAsync(ConvonetDb db, string server, CancellationToken cancellationToken)
    {
        var tools = $"{server}__";
        var rows = await db.McpPins.Where(row => row.Server == server || row.Server.StartsWith(tools)).ToListAsync(cancellationToken);

        // Databases differ in whether case counts here.
        return rows.FindAll(row => row.Server == server || row.Server.StartsWith(tools, StringComparison.Ordinal));
    }
}
