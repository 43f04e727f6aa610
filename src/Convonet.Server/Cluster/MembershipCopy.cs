using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Convonet.Server.Cluster;

/// <summary>
/// Puts back into Redis who belongs to the cluster, where that has lost it: without its table the nodes agree on no death, and one that stops waits in vain for its row. Each node keeps a copy of the table, and whoever
/// first finds it gone, or begun anew by a node that has just started, writes its own.
/// </summary>
internal sealed partial class MembershipCopy(IOptions<ClusterOptions> options, TimeProvider time, ILogger<MembershipCopy> logger) : BackgroundService
{
    private const string Version = "Version";

    /// <summary>
    /// Rows of nodes that have come meanwhile stay. The version is above all that anybody has seen, because nobody reads an older table. A table without any row of the copy was begun anew, however
    /// far nodes that have just started have brought its version.
    /// </summary>
    private const string Restore =
        """
        local now = redis.call('HGET', KEYS[1], 'Version')
        local known = false
        for i = 2, #ARGV, 2 do known = known or redis.call('HEXISTS', KEYS[1], ARGV[i]) == 1 end
        if now and known and tonumber(now) >= tonumber(ARGV[1]) then return 0 end
        for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
        redis.call('HSET', KEYS[1], 'Version', now and string.format('%d', math.max(tonumber(now), tonumber(ARGV[1])) + 1) or ARGV[1])
        return 1
        """;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly RedisKey _key = KeyOf(options.Value.Name);

    private HashEntry[] _copy = [];

    /// <summary>The table of a cluster, as Orleans names it.</summary>
    internal static RedisKey KeyOf(string cluster) => $"{cluster}/members/{cluster}";

    /// <summary>Copies the table, or puts it back.</summary>
    internal async Task LookAsync(IDatabase redis)
    {
        var table = await redis.HashGetAllAsync(_key);
        if (VersionOf(table) is { } version && version >= (VersionOf(_copy) ?? 0) && (_copy.Length <= 1 || _copy.Any(row => row.Name != Version && table.Any(now => now.Name == row.Name))))
        {
            _copy = table;
        }
        else if (VersionOf(_copy) is { } copied
            && (long)await redis.ScriptEvaluateAsync(Restore, [_key], [copied, .. _copy.Where(static row => row.Name != Version).SelectMany(static row => new[] { row.Name, row.Value })]) == 1)
        {
            LogRestored(_copy.Length - 1);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var settings = ConfigurationOptions.Parse(options.Value.Redis);
        settings.AbortOnConnectFail = false;
        await using var redis = await ConnectionMultiplexer.ConnectAsync(settings);
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryLookAsync(redis.GetDatabase());
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private static long? VersionOf(HashEntry[] table) => Array.Find(table, static row => row.Name == Version).Value is { HasValue: true } version ? (long)version : null;

    private async Task TryLookAsync(IDatabase redis)
    {
        try
        {
            await LookAsync(redis);
        }
        catch (Exception error)
        {
            // The border: while Redis is away there is nothing to look at.
            LogNotLooked(error);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Redis had lost who belongs to the cluster: {Count} nodes are told to it again.")]
    private partial void LogRestored(int count);

    [LoggerMessage(LogLevel.Information, "It could not be looked whether Redis knows who belongs to the cluster.")]
    private partial void LogNotLooked(Exception error);
}
