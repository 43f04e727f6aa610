using Microsoft.Data.Sqlite;

namespace Convonet.Tests.Fakes;

/// <summary>An empty database of either kind. It outlives the servers that use it, one after the other or side by side.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";

    private readonly string? _file;

    private TestDatabase(string connectionString, string? file) => (ConnectionString, _file) = (connectionString, file);

    /// <summary>Both kinds, for <c>[MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]</c>.</summary>
    public static TheoryData<string> Kinds => [Sqlite, Postgres];

    /// <summary>As <c>Convonet:Database</c> takes it.</summary>
    public string ConnectionString { get; }

    /// <summary>Options for a server that is to use it.</summary>
    public string[] Arguments => ["--Convonet:Database", ConnectionString];

    /// <summary>Makes one; skips the test when the machine has no PostgreSQL for it.</summary>
    public static async Task<TestDatabase> CreateAsync(string kind = Sqlite)
    {
        if (kind == Postgres)
        {
            return new(await PostgresDatabase.CreateAsync(), null);
        }

        var file = Path.Combine(Path.GetTempPath(), $"convonet-{Guid.NewGuid():N}.db");
        return new($"Data Source={file}", file);
    }

    public async ValueTask DisposeAsync()
    {
        if (_file is null)
        {
            await PostgresDatabase.DropAsync(ConnectionString);
            return;
        }

        await using (var last = new SqliteConnection(ConnectionString))
        {
            SqliteConnection.ClearPool(last);
        }

        foreach (var left in Directory.EnumerateFiles(Path.GetTempPath(), Path.GetFileName(_file) + "*"))
        {
            File.Delete(left);
        }
    }
}
