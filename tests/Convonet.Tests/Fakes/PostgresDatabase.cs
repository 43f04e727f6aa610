using System.Data.Common;
using System.Text;
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

    /// <summary>The password in a connection string; none where it has none, or is that of another kind of database.</summary>
    public static IEnumerable<string> PasswordOf(string connectionString) =>
        new DbConnectionStringBuilder { ConnectionString = connectionString }.TryGetValue("Password", out var password) && password is string { Length: > 0 } text ? [text] : [];

    /// <summary>The rows of all its tables as text; bytes as the text that they may be.</summary>
    public static async Task<string> ReadAllAsync(string connectionString)
    {
        await using var server = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await server.OpenAsync(CancellationToken.None);
        await using (var escape = new NpgsqlCommand("SET bytea_output = 'escape'", server))
        {
            await escape.ExecuteNonQueryAsync(CancellationToken.None);
        }

        await using var rows = new NpgsqlCommand("SELECT table_name, query_to_xml(format('SELECT t::text AS row FROM %I.%I t', table_schema, table_name), true, false, '')::text FROM information_schema.tables WHERE table_schema = 'public'", server);
        await using var reader = await rows.ExecuteReaderAsync(CancellationToken.None);
        var all = new StringBuilder();
        while (await reader.ReadAsync(CancellationToken.None))
        {
            all.AppendLine(reader.GetString(0)).AppendLine(reader.GetString(1));
        }

        return all.ToString();
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
