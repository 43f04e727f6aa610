using Npgsql;

namespace Convonet.Tests.Fakes;

/// <summary>
/// Databases on the PostgreSQL server that <c>CONVONET_TEST_POSTGRES</c> names, a connection string of somebody who may create databases. <c>.ci/run</c> starts
/// such a server; where there is none, the tests that need one are skipped.
/// </summary>
internal static class PostgresDatabase
{
    /// <summary>Names the server.</summary>
    public const string Variable = "CONVONET_TEST_POSTGRES";

    /// <summary>Why a test that needs it is skipped.</summary>
    public const string IsMissing = $"Needs PostgreSQL: set {Variable} to the connection string of a server on which databases may be created.";

    private static readonly string? Server = Environment.GetEnvironmentVariable(Variable);

    /// <summary>Whether there is one.</summary>
    public static bool IsThere => !string.IsNullOrWhiteSpace(Server);

    /// <summary>Creates a database.</summary>
    /// <param name="template">Name of the one that it is a copy of; without one it is empty.</param>
    /// <returns>Its connection string.</returns>
    public static async Task<string> CreateAsync(string? template = null)
    {
        Assert.SkipUnless(IsThere, IsMissing);
        var name = $"convonet_{Guid.NewGuid():N}";
        await ExecuteAsync($"CREATE DATABASE {name}{(template is null ? "" : $" TEMPLATE {template}")}");
        return Named(name);
    }

    /// <summary>The connection string of a database.</summary>
    public static string Named(string name) => new NpgsqlConnectionStringBuilder(Server) { Database = name, MaxPoolSize = 20 }.ConnectionString;

    /// <summary>Drops a database, whoever is still connected to it.</summary>
    public static async Task DropAsync(string connectionString)
    {
        await using (var last = new NpgsqlConnection(connectionString))
        {
            NpgsqlConnection.ClearPool(last);
        }

        await ExecuteAsync($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");
    }

    private static async Task ExecuteAsync(string sql)
    {
        await using var server = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Server) { Pooling = false }.ConnectionString);
        await server.OpenAsync(CancellationToken.None);
        await using var command = server.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
