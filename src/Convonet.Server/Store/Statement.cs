using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Convonet.Server.Store;

/// <summary>
/// A statement in SQL that both databases read, for what every turn reads and writes, and every moment of its text: through expressions and tracked entities these few
/// statements cost more than all else of a turn. Everything else goes through the context.
/// </summary>
internal sealed class Statement : IAsyncDisposable
{
    /// <summary>A longer text is not left with a command that is kept, which holds its last values until it is used again; in characters.</summary>
    private const int LongestKept = 16 * 1024;

    private readonly ConvonetDb _db;
    private readonly List<KeyValuePair<string, object>> _values = [];
    private DbCommand? _own;

    /// <summary>Begins a statement, in the context's transaction if it has one; else its connection must be open.</summary>
    public Statement(ConvonetDb db) => _db = db;

    /// <summary>Gives a parameter its value. Text has to be clean, see <see cref="StoredText"/>; dates are in UTC.</summary>
    public Statement With(string name, object? value)
    {
        _values.Add(new(name, value ?? DBNull.Value));
        return this;
    }

    /// <summary>Runs it.</summary>
    /// <returns>How many rows it wrote.</returns>
    public Task<int> RunAsync(string sql, CancellationToken cancellationToken) => CommandOf(sql).ExecuteNonQueryAsync(cancellationToken);

    /// <summary>Runs it and reads its first row.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="read">Reads the row.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is none.</returns>
    public async Task<T?> FirstAsync<T>(string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken)
        where T : class
    {
        await using var rows = await CommandOf(sql).ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? read(rows) : null;
    }

    public ValueTask DisposeAsync() => _own?.DisposeAsync() ?? ValueTask.CompletedTask;

    private DbCommand CommandOf(string sql)
    {
        var connection = _db.Database.GetDbConnection();
        var command = connection is KeptConnection kept && !_values.Exists(static value => value.Value is string { Length: > LongestKept }) ? kept.CommandOf(sql) : _own = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = _db.Database.CurrentTransaction?.GetDbTransaction();
        command.CommandTimeout = _db.Database.GetCommandTimeout() ?? command.CommandTimeout;
        for (var i = 0; i < _values.Count; i++)
        {
            var (name, value) = _values[i];
            if (i == command.Parameters.Count)
            {
                command.Parameters.Add(command.CreateParameter());
            }

            var parameter = command.Parameters[i];
            (parameter.ParameterName, parameter.Value) = (name, value);
        }

        return command;
    }
}
