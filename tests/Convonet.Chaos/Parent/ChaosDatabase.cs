using System.Data.Common;
using Convonet.Server.Accounts;
using Convonet.Server.Store;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Convonet.Chaos.Parent;

/// <summary>The database of a campaign, and those that its processes warm up on.</summary>
internal abstract class ChaosDatabase : IAsyncDisposable
{
    /// <summary>Names the PostgreSQL server.</summary>
    public const string PostgresVariable = "CONVONET_TEST_POSTGRES";

    /// <summary>The campaign's store.</summary>
    public abstract string Store { get; }

    /// <summary>The folder of the processes' logs.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("convonet-chaos-").FullName;

    /// <summary>Whether it stays, for people to look at.</summary>
    public bool IsKept { get; set; }

    /// <summary>A store to warm up on.</summary>
    public abstract string ScratchOf(int process);

    /// <summary>Opens a connection of the checker, which uses nothing of the product.</summary>
    public abstract DbConnection Open();

    /// <summary>Makes an empty store with its users and the tables of the campaign's tools.</summary>
    public static async Task<ChaosDatabase> CreateAsync(string kind)
    {
        ChaosDatabase database = kind == "sqlite" ? new Sqlite() : await Postgres.CreateAsync();
        await PrepareAsync(database.ScratchOf(0));
        await PrepareAsync(database.Store);
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        if (!IsKept)
        {
            await DropAsync();
            Directory.Delete(Folder, recursive: true);
        }
    }

    /// <summary>Drops what is not in the folder.</summary>
    protected virtual Task DropAsync() => Task.CompletedTask;

    private static async Task PrepareAsync(string store)
    {
        var services = new ServiceCollection();
        services.AddSingleton(TimeProvider.System).AddLogging();
        services.AddStore(store);
        await using var provider = services.BuildServiceProvider();
        await using var db = await provider.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContextAsync();
        await db.Database.MigrateAsync();
        await db.Database.ExecuteSqlAsync($"CREATE TABLE chaos_rows (id text PRIMARY KEY, label text NOT NULL)");
        await db.Database.ExecuteSqlAsync($"CREATE TABLE chaos_counters (name text PRIMARY KEY, value integer NOT NULL)");
        await db.Database.ExecuteSqlAsync($"INSERT INTO chaos_counters (name, value) VALUES ({Work.Counter}, 0)");
        db.Users.AddRange(Users.Ids.Select((id, index) => new AppUser { Id = id, UserName = $"user{index}", Name = $"User {index}", TimeZone = "Europe/Zurich" }));
        await db.SaveChangesAsync();
        SqliteConnection.ClearAllPools();
    }

    private sealed class Sqlite : ChaosDatabase
    {
        public override string Store => Of("store.db");

        public override string ScratchOf(int process)
        {
            var template = Path.Combine(Folder, "scratch-0.db");
            var scratch = Path.Combine(Folder, $"scratch-{process}.db");
            if (process > 0)
            {
                File.Copy(template, scratch);
            }

            return Of(Path.GetFileName(scratch));
        }

        public override DbConnection Open()
        {
            var connection = new SqliteConnection(Store + ";Pooling=False");
            connection.Open();
            return connection;
        }

        private string Of(string file) => $"Data Source={Path.Combine(Folder, file)}";
    }

    private sealed class Postgres : ChaosDatabase
    {
        private readonly string _server;
        private readonly string _name = $"chaos_{Guid.NewGuid():N}";

        private Postgres(string server) => _server = server;

        public override string Store => Of(_name);

        public static async Task<Postgres> CreateAsync()
        {
            var server = Environment.GetEnvironmentVariable(PostgresVariable);
            var made = new Postgres(!string.IsNullOrWhiteSpace(server) ? server : throw new InvalidOperationException($"Set {PostgresVariable} to the connection string of a PostgreSQL server."));
            await made.ExecuteAsync($"CREATE DATABASE {made._name}");
            await made.ExecuteAsync($"CREATE DATABASE {made._name}_scratch");
            return made;
        }

        /// <summary>One for all: it orders its writers itself.</summary>
        public override string ScratchOf(int process) => Of($"{_name}_scratch");

        public override DbConnection Open()
        {
            var connection = new NpgsqlConnection(Store + ";Pooling=False");
            connection.Open();
            return connection;
        }

        protected override async Task DropAsync()
        {
            await ExecuteAsync($"DROP DATABASE {_name} WITH (FORCE)");
            await ExecuteAsync($"DROP DATABASE {_name}_scratch WITH (FORCE)");
        }

        private async Task ExecuteAsync(string sql)
        {
            await using var server = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_server) { Pooling = false });
            await using var command = server.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }

        private string Of(string name) => new NpgsqlConnectionStringBuilder(_server) { Database = name }.ConnectionString;
    }
}
