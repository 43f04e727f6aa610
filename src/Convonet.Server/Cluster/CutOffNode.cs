using System.Text;
using Convonet.Server.Transport;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Convonet.Server.Cluster;

/// <summary>
/// Sends the clients of a node away that does not reach the store while another node does: here they are refused, there they are served. Nodes that reach it say so by Redis, once in a look; where
/// nobody says so, because the store is away for all or Redis is, everybody stays.
/// </summary>
internal sealed partial class CutOffNode(NodeLease lease, NodeIdentity node, BetterElsewhere elsewhere, IOptions<ClusterOptions> options, TimeProvider time, ILogger<CutOffNode> logger) : BackgroundService
{
    private readonly RedisChannel _channel = RedisChannel.Literal($"convonet:{options.Value.Name}:store");
    private readonly TimeSpan _period = options.Value.Lease / 3;
    private long _heard = time.GetTimestamp() - (long)(2 * options.Value.Lease.TotalSeconds * time.TimestampFrequency);

    private long _looked = time.GetTimestamp();

    /// <summary>As long again as the others take until they go on with its turns: meanwhile its load balancer finds out, too.</summary>
    private TimeSpan Limit => 2 * options.Value.Lease;

    /// <summary>Another node has just reached the store.</summary>
    internal void Hear() => Volatile.Write(ref _heard, time.GetTimestamp());

    /// <summary>Looks how it is now.</summary>
    /// <param name="silence">Since when this node has not reached the store.</param>
    internal void Look(TimeSpan silence)
    {
        // What another says holds for a lease at most. Said too soon behind this node's own last sign it may be from before: a store that is away for all is not so for all at the same moment.
        var heard = time.GetElapsedTime(Volatile.Read(ref _heard));
        var others = heard <= options.Value.Lease && heard + options.Value.Lease + _period < silence;

        // A node that stood still itself has not tried meanwhile: it looks again when it had the time to.
        var stoodStill = time.GetElapsedTime(_looked) > 2 * _period;
        _looked = time.GetTimestamp();
        if (elsewhere.Set(silence > Limit && others && (!stoodStill || elsewhere.IsNow)))
        {
            LogCutOff(silence.TotalSeconds);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_period, time);
        try
        {
            await using var redis = await RedisChannels.ListenAsync(options.Value.Redis, _channel, HearOf, _period, time, LogNotListening, stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (!lease.IsOver)
                {
                    redis.GetSubscriber().Publish(_channel, Encoding.UTF8.GetBytes(node.Name), CommandFlags.FireAndForget);
                }

                Look(lease.Silence);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private void HearOf(byte[] from)
    {
        if (!from.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(node.Name)))
        {
            Hear();
        }
    }

    [LoggerMessage(LogLevel.Warning, "This node has not reached the store for {Seconds:0} s, and another one does: its clients are sent there.")]
    private partial void LogCutOff(double seconds);

    [LoggerMessage(LogLevel.Warning, "Whether other nodes reach the store is not heard of: {Why} It is tried again.")]
    private partial void LogNotListening(string why);
}
