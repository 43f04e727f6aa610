using System.Data.Common;
using System.Globalization;

namespace Convonet.Chaos.Parent;

internal sealed record TurnRow(string Id, string Message, string Conversation, int Number, string Text, string Shown, string? Outcome, string? Error)
{
    /// <summary>The store did not answer within its limit, so the user was told that this turn failed; what it did until then still counts once.</summary>
    public bool GaveUp => Outcome == "Failed" && Error?.Contains("storage_unavailable", StringComparison.Ordinal) is true;
}

internal sealed record CallRow(string Turn, int Step, int Ordinal, string Tool, string Arguments, DateTime PlannedAt, string? Outcome, string? Content, int Results, int OwnerEpoch, DateTime RecordedAt)
{
    /// <summary>It failed as no tool of the campaign fails by itself: a fail-point threw. Nothing came of it, or the user was told that nobody knows.</summary>
    public bool Broke => (Outcome == "Error" && Content == $"{Tool} failed.") || (Outcome == "Unknown" && Content?.Contains("the store does not answer", StringComparison.Ordinal) is true);
}

internal sealed record TodoRow(string Id, string Title, bool Completed, int Version);

/// <summary>What is in the database, read with SQL of its own: the checker trusts nothing of what it checks.</summary>
internal sealed class Ledger
{
    private readonly DbConnection _connection;

    private Ledger(DbConnection connection)
    {
        _connection = connection;
        Turns = Read(
            """SELECT "Id", "ClientMsgId", "ConversationId", "Number", "Text", "Shown", "Outcome", "Error" FROM turns""",
            row => new TurnRow(Id(row[0]), ((string)row[1]).Split('#')[0], (string)row[2], Number(row[3]), (string)row[4], (string)row[5], row[6] as string, row[7] as string));
        Calls = Read(
            """
            SELECT c."TurnId", c."Step", c."Ordinal", c."Tool", c."Arguments", c."PlannedAt", MIN(r."Outcome"), MIN(r."Content"), COUNT(r."TurnId"), MIN(r."OwnerEpoch"), MIN(r."RecordedAt")
            FROM calls c LEFT JOIN results r ON r."UserId" = c."UserId" AND r."TurnId" = c."TurnId" AND r."Step" = c."Step" AND r."Ordinal" = c."Ordinal"
            GROUP BY c."UserId", c."TurnId", c."Step", c."Ordinal", c."Tool", c."Arguments", c."PlannedAt"
            """,
            row => new CallRow(Id(row[0]), Number(row[1]), Number(row[2]), (string)row[3], (string)row[4], Moment(row[5]), row[6] as string, row[7] as string, Number(row[8]), row[9] is DBNull ? 0 : Number(row[9]), row[10] is DBNull ? default : Moment(row[10])));
        Todos = Read("""SELECT "Id", "Title", "Completed", "Version" FROM todos""", row => new TodoRow(Id(row[0]), (string)row[1], Convert.ToBoolean(row[2], CultureInfo.InvariantCulture), Number(row[3])));
        Labels = Read("SELECT label FROM chaos_rows", row => (string)row[0]).ToLookup(label => label);
        Counter = Read("SELECT value FROM chaos_counters", row => Number(row[0])).Single();
        ChangeSets = Read("SELECT COUNT(*) FROM change_sets", row => Number(row[0])).Single();
    }

    public IReadOnlyList<TurnRow> Turns { get; }

    public IReadOnlyList<CallRow> Calls { get; }

    public IReadOnlyList<TodoRow> Todos { get; }

    public ILookup<string, string> Labels { get; }

    public int Counter { get; }

    public int ChangeSets { get; }

    public static Ledger Read(ChaosDatabase database)
    {
        using var connection = database.Open();
        return new Ledger(connection);
    }

    private static int Number(object value) => Convert.ToInt32(value, CultureInfo.InvariantCulture);

    /// <summary>SQLite has ids and moments as text.</summary>
    private static string Id(object value) => (value is Guid id ? id : Guid.Parse((string)value)).ToString();

    private static DateTime Moment(object value) =>
        value is DateTime moment ? moment : DateTime.Parse((string)value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private List<T> Read<T>(string sql, Func<object[], T> read)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            var values = new object[reader.FieldCount];
            reader.GetValues(values);
            rows.Add(read(values));
        }

        return rows;
    }
}
