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
    private readonly DbCommand _command;

    /// <summary>Begins a statement, in the context's transaction if it has one; else its connection must be open.</summary>
    public Statement(ConvonetDb db)
    {
        _command = db.Database.GetDbConnection().CreateCommand();
        _command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        _command.CommandTimeout = db.Database.GetCommandTimeout() ?? _command.CommandTimeout;
    }

    /// <summary>Gives a parameter its value. Text has to be clean, see <see cref="StoredText"/>; dates are in UTC.</summary>
    public Statement With(string name, object? value)
    {
        var parameter = _command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
        _command.Parameters.Add(parameter);
        return this;
    }

    /// <summary>Runs it.</summary>
    /// <returns>How many rows it wrote.</returns>
    public Task<int> RunAsync(string sql, CancellationToken cancellationToken)
    {
        _command.CommandText = sql;
        return _command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Runs it and reads its first row.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="read">Reads the row.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is none.</returns>
    public async Task<T?> FirstAsync<T>(string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken)
        where T : class
    {
        _command.CommandText = sql;
        await using var rows = await _command.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? read(rows) : null;
    }

    public ValueTask DisposeAsync() => _command.DisposeAsync();
}
