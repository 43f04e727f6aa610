using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Convonet.Server.Store;

/// <summary>
/// Whether the store takes writes: one that can only be read accepts no message. One look at a time, which all that ask meanwhile and for a moment after share: many that ask must not stand in the writers' line.
/// </summary>
internal sealed class StoreHealth(ConvonetStore store, TimeProvider time) : IHealthCheck
{
    /// <summary>Changes no row. SQLite has taken its one place for writers before; PostgreSQL refuses it where nothing may be written.</summary>
    private const string NoRow = """UPDATE conversations SET "Id" = "Id" WHERE 1 = 0""";

    /// <summary>How long a look may take, and whoever asks may wait.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>How long its result is good.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<HealthCheckResult>? _look;
    private long _endedAt;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            return await Look().WaitAsync(Limit, time, cancellationToken);
        }
        catch (TimeoutException error)
        {
            // The look itself may stand in the database, where it cannot be told to give up.
            return Unhealthy(error);
        }
    }

    private static HealthCheckResult Unhealthy(Exception error) => HealthCheckResult.Unhealthy($"The store takes no writes: {error.GetBaseException().Message}");

    private Task<HealthCheckResult> Look()
    {
        lock (_lock)
        {
            if (_look is null || (_look.IsCompleted && time.GetElapsedTime(_endedAt) >= Lifetime))
            {
                // SQLite waits on the thread of whoever asks it.
                _look = Task.Run(LookAsync, CancellationToken.None);
            }

            return _look;
        }
    }

    private async Task<HealthCheckResult> LookAsync()
    {
        using var limit = new CancellationTokenSource(Limit, time);
        try
        {
            await store.WriteAsync(static (db, token) => db.Database.ExecuteSqlRawAsync(NoRow, token), repeatable: true, limit.Token);
            return HealthCheckResult.Healthy();
        }
        catch (Exception error) when (error is OperationCanceledException or TimeoutException or StoreUnavailableException or DbException)
        {
            return Unhealthy(error);
        }
        finally
        {
            lock (_lock)
            {
                _endedAt = time.GetTimestamp();
            }
        }
    }
}
