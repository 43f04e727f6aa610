using Microsoft.Data.Sqlite;

namespace Convonet.Tests.Fakes;

/// <summary>A SQLite file that outlives the servers that use it, one after the other.</summary>
internal sealed class TestDatabaseFile : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"convonet-{Guid.NewGuid():N}.db");

    /// <summary>Options for a server that is to use it.</summary>
    public string[] Arguments => ["--Convonet:Database", $"Data Source={_path}"];

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        foreach (var file in Directory.EnumerateFiles(Path.GetTempPath(), Path.GetFileName(_path) + "*"))
        {
            File.Delete(file);
        }
    }
}
