using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Convonet.Server.Store;

/// <summary>Registers the store.</summary>
internal static class StoreSetup
{
    /// <summary>Seconds that one statement may take.</summary>
    private const int CommandSeconds = 5;

    /// <summary>Seconds until a connection is there, or one of the pool is free.</summary>
    private const int ConnectSeconds = 3;

    /// <summary>Contexts of SQLite that are kept, each with its connection. More are made where more are used at a moment, and end with their use.</summary>
    private const int KeptContexts = 16;

    /// <summary>Adds the store that <c>Convonet:Database</c> names: a connection string of PostgreSQL or SQLite; without one <c>convonet.db</c> beside the server.</summary>
    public static void AddStore(this WebApplicationBuilder builder)
    {
        var connection = builder.Configuration["Convonet:Database"] is { Length: > 0 } configured
            ? configured
            : $"Data Source={Path.Combine(builder.Environment.ContentRootPath, "convonet.db")}";
        builder.Services.AddStore(connection);
        if (!IsPostgres(connection))
        {
            // First of all, so that it ends last.
            builder.Services.AddHostedService(provider => new FileClaim(connection, provider.GetRequiredService<ILogger<FileClaim>>()));
        }

        builder.Services.AddHostedService<StoreUpgrade>();
        builder.Services.AddOptions<RetentionOptions>().BindConfiguration(RetentionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHostedService<Retention>();
        builder.Services.AddSingleton<StoreHealth>();
        builder.Services.AddHealthChecks().AddCheck<StoreHealth>("store");
    }

    /// <summary>Adds the store alone: whoever uses it brings its schema up to date.</summary>
    public static IServiceCollection AddStore(this IServiceCollection services, string connection)
    {
        if (IsPostgres(connection))
        {
            services.AddPooledDbContextFactory<PostgresDb>(options => options.UseNpgsql(WithLimits(connection), database => database.CommandTimeout(CommandSeconds)));
            services.AddSingleton(WriterGate.Open);
            services.AddSingleton<IDbContextFactory<ConvonetDb>, DatabaseFactory<PostgresDb>>();
        }
        else
        {
            services.AddPooledDbContextFactory<SqliteDb>(options => options.UseSqlite(connection, database => database.CommandTimeout(CommandSeconds)), KeptContexts);
            services.AddSingleton(WriterGate.ForOne());
            services.AddSingleton<IDbContextFactory<ConvonetDb>, FileFactory>();
        }

        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContext());
        services.AddSingleton<UserFeed>();
        return services.AddSingleton<ConvonetStore>();
    }

    /// <summary>How long a transaction may do nothing. One that works asks the next within milliseconds.</summary>
    private const string StandsStill = "-c idle_in_transaction_session_timeout=1500ms";

    /// <summary>
    /// How long it may wait for another's rows before it lets go of its own and begins anew; shorter than that. Else a node that stands still would hold rows once more with each
    /// transaction that waited for its last.
    /// </summary>
    private const string WaitsForRows = "-c lock_timeout=1s";

    /// <summary>Where nothing is said of it: a server that is silent is given up after seconds. Its own limits are 15 s for a connection, and as much for each statement that it is asked to stop.</summary>
    private static string WithLimits(string connection)
    {
        var settings = new NpgsqlConnectionStringBuilder(connection);
        var given = new DbConnectionStringBuilder { ConnectionString = connection }.Keys.Cast<string>().Select(static key => key.Replace(" ", "", StringComparison.Ordinal)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (!given.Contains(nameof(settings.Timeout)))
        {
            settings.Timeout = ConnectSeconds;
        }

        if (!given.Contains(nameof(settings.CancellationTimeout)))
        {
            // The connection is dropped then, and no answer waited for.
            settings.CancellationTimeout = -1;
        }

        if (settings.Options?.Contains("idle_in_transaction", StringComparison.Ordinal) is not true)
        {
            // A node that stands still, or a machine that is gone, in the middle of a transaction must not keep the others from the rows that it has.
            settings.Options = $"{settings.Options} {StandsStill}".Trim();
        }

        if (!settings.Options.Replace("deadlock_timeout", "", StringComparison.Ordinal).Contains("lock_timeout", StringComparison.Ordinal))
        {
            settings.Options += $" {WaitsForRows}";
        }

        return settings.ConnectionString;
    }

    /// <summary>A connection string with a host is one of PostgreSQL.</summary>
    public static bool IsPostgres(string connection)
    {
        try
        {
            // Read for its faults alone: it leaves out what is empty, and "Host=" is no SQLite file.
            _ = new DbConnectionStringBuilder { ConnectionString = connection };
            return connection.Split(';').Any(static part => part.Split('=')[0].Trim().ToUpperInvariant() is "HOST" or "SERVER");
        }
        catch (ArgumentException)
        {
            throw new InvalidOperationException("Convonet:Database is not a connection string. Examples: 'Data Source=convonet.db' or 'Host=localhost;Database=convonet;Username=me;Password=…'.");
        }
    }
}
