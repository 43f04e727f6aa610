using Convonet.Chaos.Parent;
using Npgsql;

namespace Convonet.Chaos.Cluster;

/// <summary>Looks into the store of a cluster: each message is one turn, which has ended and is kept as it was told, and its tool ran once.</summary>
internal static class ClusterCheck
{
    /// <summary>With SQL of its own, after the nodes have ended what they had.</summary>
    public static async Task CheckAsync(string store, RoamingClient[] all, Findings findings)
    {
        await using var database = NpgsqlDataSource.Create(store + ";Pooling=False");
        async Task<Dictionary<string, int>> CountAsync(string sql)
        {
            await using var command = database.CreateCommand(sql);
            await using var reader = await command.ExecuteReaderAsync();
            var found = new Dictionary<string, int>(StringComparer.Ordinal);
            while (await reader.ReadAsync())
            {
                found[reader.GetString(0)] = (int)reader.GetInt64(1);
            }

            return found;
        }

        var todos = await CountAsync("""SELECT "Title", count(*) FROM todos GROUP BY 1""");
        var turns = await CountAsync("""SELECT "Text", count(*) FROM turns GROUP BY 1""");
        var kept = new HashSet<(string Message, string Text)>();
        await using (var command = database.CreateCommand("""SELECT "Text", "Shown" FROM turns WHERE "Outcome" = 'Completed'"""))
        {
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                kept.Add((reader.GetString(0), reader.GetString(1)));
            }
        }

        // A busy machine can take a tool to its limit: the model hears that, and nothing is written.
        var late = await CountAsync("""SELECT turns."Text", count(*) FROM results JOIN turns ON turns."Id" = results."TurnId" WHERE results."Outcome" = 'Timeout' GROUP BY 1""");
        findings.Fact($"timed out    {late.Count} calls, at the limit of a tool");
        foreach (var (message, text) in all.SelectMany(client => client.Answered))
        {
            findings.Once($"todo of {message}", todos.GetValueOrDefault(message), late.ContainsKey(message) ? 0 : 1);
            findings.Once($"turn of {message}", turns.GetValueOrDefault(message));

            // Each word has the mark of its owner, so this also finds an answer over which an owner has written that was followed by another one.
            findings.Holds(kept.Contains((message, text)), "written over", $"{message} is not kept as it was told to have ended");
        }

        foreach (var (title, count) in todos.Where(todo => todo.Value > 1))
        {
            findings.Once($"todo of {title}", count);
        }

        var open = await CountAsync("""SELECT "Text", 1::bigint FROM turns WHERE "EndedAt" IS NULL""");
        findings.Holds(open.Count == 0, "not ended", string.Join(", ", open.Keys));
    }
}
