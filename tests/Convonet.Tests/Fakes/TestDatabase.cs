using System.Text;
using Microsoft.Data.Sqlite;

namespace Convonet.Tests.Fakes;

/// <summary>A database of either kind. It outlives the servers that use it, one after the other or side by side.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";

    /// <summary>In memory where the system has such a folder: no test cuts the power, so none waits for a disk.</summary>
    private static readonly string Folder = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private readonly string? _file;

    private TestDatabase(string connectionString, string? file) => (ConnectionString, _file) = (connectionString, file);

    /// <summary>Both kinds, for <c>[MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]</c>.</summary>
    public static TheoryData<string> Kinds => [Sqlite, Postgres];

    /// <summary>As <c>Convonet:Database</c> takes it.</summary>
    public string ConnectionString { get; }

    /// <summary>Options for a server that is to use it.</summary>
    public string[] Arguments => ["--Convonet:Database", ConnectionString];

    /// <summary>Makes one that has its tables, and nothing in them: a copy, since making them anew takes longer than most tests. Skips the test when the machine has no PostgreSQL for it.</summary>
    public static async Task<TestDatabase> CreateAsync(string kind = Sqlite)
    {
        if (kind == Postgres)
        {
            return new(await PostgresDatabase.CreateAsync(await DatabaseTemplates.PostgresAsync()), null);
        }

        var made = OfFile();
        await File.WriteAllBytesAsync(made._file!, await DatabaseTemplates.SqliteAsync());
        return made;
    }

    /// <summary>Makes one without tables; skips the test when the machine has no PostgreSQL for it.</summary>
    public static async Task<TestDatabase> CreateEmptyAsync(string kind = Sqlite) =>
        kind == Postgres ? new(await PostgresDatabase.CreateAsync(), null) : OfFile();

    /// <summary>All that is in the file; nobody may use it.</summary>
    public async Task<byte[]> ReadFileAsync()
    {
        await using (var last = new SqliteConnection(ConnectionString))
        {
            await last.OpenAsync();
            await using var checkpoint = last.CreateCommand();
            checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            await checkpoint.ExecuteNonQueryAsync();
            SqliteConnection.ClearPool(last);
        }

        return await File.ReadAllBytesAsync(_file!);
    }

    /// <summary>All that is kept, as text: what is in its files, or in the rows of its tables.</summary>
    public async Task<string> ReadAllAsync() => _file is null
        ? await PostgresDatabase.ReadAllAsync(ConnectionString)
        : string.Concat(Directory.EnumerateFiles(Folder, Path.GetFileName(_file) + "*").Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));

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

        foreach (var left in Directory.EnumerateFiles(Folder, Path.GetFileName(_file) + "*"))
        {
            File.Delete(left);
        }
    }

    private static TestDatabase OfFile()
    {
        var file = Path.Combine(Folder, $"convonet-{Guid.NewGuid():N}.db");
        return new($"Data Source={file}", file);
    }
}
