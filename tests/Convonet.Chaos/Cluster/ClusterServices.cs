using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Convonet.Chaos.Host;

namespace Convonet.Chaos.Cluster;

/// <summary>PostgreSQL and Redis of a campaign, real processes on loopback that it may stop.</summary>
internal sealed class ClusterServices : IAsyncDisposable
{
    private readonly StoppedPostgres _postgres = new();
    private Process? _redis;

    public string Store => _postgres.Store;

    public int Redis { get; } = FreePort();

    /// <returns>Why not; null when they run.</returns>
    public async Task<string?> StartAsync()
    {
        if (await _postgres.PrepareAsync() is { } missing)
        {
            return missing;
        }

        try
        {
            StartRedis();
            return null;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return $"redis-server: {error.Message}";
        }
    }

    /// <summary>It forgets all it knew.</summary>
    public async Task RestartRedisAsync(TimeSpan pause)
    {
        await KillRedisAsync();
        await Task.Delay(pause);
        StartRedis();
    }

    public async Task RestartPostgresAsync(TimeSpan pause)
    {
        await _postgres.HaltAsync();
        await Task.Delay(pause);
        await _postgres.HealAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_redis is not null)
        {
            await KillRedisAsync();
        }

        await _postgres.DisposeAsync();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void StartRedis() => _redis = Process.Start(new ProcessStartInfo("redis-server", ["--port", $"{Redis}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning"])
    {
        RedirectStandardOutput = true,
    });

    private async Task KillRedisAsync()
    {
        _redis!.Kill();
        await _redis.WaitForExitAsync();
        _redis.Dispose();
    }
}
