using Convonet.Chaos.Serve;
using Microsoft.Data.Sqlite;

namespace Convonet.Chaos.Host;

/// <summary>Another process holds SQLite's write lock.</summary>
internal sealed class LockedDatabase() : HostFault("database locked by another process", Expected.RefusesAll)
{
    private readonly TemporaryFolder _folder = new("convonet-locked-");
    private SqliteConnection? _other;

    public override string Store => _folder.Store;

    public override async Task BreakAsync(ServerProcess server)
    {
        _other = new SqliteConnection(Store + ";Pooling=False");
        await _other.OpenAsync();
        await using var begin = _other.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        await begin.ExecuteNonQueryAsync();
    }

    public override async Task HealAsync() => await _other!.DisposeAsync();

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
