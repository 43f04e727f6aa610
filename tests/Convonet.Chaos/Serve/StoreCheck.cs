using System.Data.Common;
using Convonet.Chaos.Parent;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Convonet.Chaos.Serve;

/// <summary>Looks into a store whose server is dead, with SQL of its own: each message that was accepted is one turn, which has ended, and nothing else is there.</summary>
internal static class StoreCheck
{
    /// <param name="store">The store.</param>
    /// <param name="accepted">The texts of the messages that were accepted.</param>
    /// <param name="findings">Takes what is wrong.</param>
    /// <param name="answerTo">What the whole answer to a message is; null where it is not looked at.</param>
    /// <param name="outcomes">How a turn may have ended, besides <c>Completed</c>.</param>
    public static void Check(string store, IReadOnlyCollection<string> accepted, Findings findings, Func<string, string>? answerTo = null, params string[] outcomes)
    {
        var turns = Read(store).ToLookup(turn => turn.Text);
        foreach (var text in accepted)
        {
            findings.Once($"turn of {text}", turns[text].Count());
        }

        foreach (var (text, outcome, shown) in turns.SelectMany(same => same))
        {
            findings.Holds(accepted.Contains(text), "not accepted", $"{text} is a turn");
            findings.Holds(answerTo is null || outcome != "Completed" || shown == answerTo(text), "wrong text", $"{text}: {shown.Length} characters");
            findings.Holds(outcome == "Completed" || outcomes.Contains(outcome), "not completed", $"{text} ended as {outcome ?? "nothing"}");
        }
    }

    private static List<(string Text, string? Outcome, string Shown)> Read(string store)
    {
        using DbConnection connection = store.StartsWith("Host", StringComparison.Ordinal) ? new NpgsqlConnection(store + ";Pooling=False") : new SqliteConnection(store + ";Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """SELECT "Text", "Outcome", "Shown" FROM turns""";
        using var reader = command.ExecuteReader();
        var turns = new List<(string, string?, string)>();
        while (reader.Read())
        {
            turns.Add((reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetString(2)));
        }

        return turns;
    }
}
