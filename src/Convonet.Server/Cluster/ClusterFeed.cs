using Convonet.Conversations;
using Convonet.Server.Store;
using Convonet.Server.Transport;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Convonet.Server.Cluster;

/// <summary>Tells the other nodes that somebody's things changed, so that pages there show it. While Redis is away they are not told, and show it when they are next loaded.</summary>
internal sealed partial class ClusterFeed(UserFeed feed, NodeIdentity node, IOptions<ClusterOptions> options, TimeProvider time, ILogger<ClusterFeed> logger) : BackgroundService
{
    private readonly RedisChannel _channel = RedisChannel.Literal($"convonet:{options.Value.Name}:feed");
    private ConnectionMultiplexer? _redis;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await using var redis = await RedisChannels.ListenAsync(options.Value.Redis, _channel, Take, options.Value.Lease / 3, time, LogNotReached, stoppingToken);
            _redis = redis;
            feed.Published += Send;
            await Task.Delay(Timeout.Infinite, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
        finally
        {
            feed.Published -= Send;
        }
    }

    /// <summary>Reminders are told by each node's own clock.</summary>
    private void Send(Guid user, SessionEvent sessionEvent, bool isOurs)
    {
        if (isOurs && sessionEvent is SessionEvent.DataChanged)
        {
            _redis!.GetSubscriber().Publish(_channel, FeedMessage.Write(node.Name, user, EventJson.Encode(sessionEvent)), CommandFlags.FireAndForget);
        }
    }

    private void Take(byte[] message)
    {
        try
        {
            if (FeedMessage.Read(message) is var (from, user, frame) && from != node.Name)
            {
                feed.Publish(user, EventJson.Decode(frame).Event, isOurs: false);
            }
        }
        catch (Exception error)
        {
            // The border: a message of another version must not end the subscription.
            LogNotUnderstood(error);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Pages are not told yet of what other nodes change: {Why} It is tried again.")]
    private partial void LogNotReached(string why);

    [LoggerMessage(LogLevel.Warning, "A message of another node was not understood.")]
    private partial void LogNotUnderstood(Exception error);
}

/// <summary>Who tells, whom it concerns, and the event in wire format, one after the other.</summary>
internal static class FeedMessage
{
    private const int UserBytes = 16;

    public static byte[] Write(string node, Guid user, byte[] frame)
    {
        var name = System.Text.Encoding.UTF8.GetBytes(node);
        return [(byte)name.Length, .. name, .. user.ToByteArray(), .. frame];
    }

    public static (string Node, Guid User, byte[] Frame) Read(byte[] message)
    {
        var behind = 1 + message[0];
        return (System.Text.Encoding.UTF8.GetString(message, 1, message[0]), new Guid(message.AsSpan(behind, UserBytes)), message[(behind + UserBytes)..]);
    }
}
