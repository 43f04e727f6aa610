using StackExchange.Redis;

namespace Convonet.Server.Cluster;

/// <summary>What nodes tell each other by Redis.</summary>
internal static class RedisChannels
{
    /// <summary>Listens to a channel. A Redis that goes away at this very moment is asked again: no reason for the node not to start, or to end.</summary>
    /// <param name="address">Redis.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="take">Gets each message.</param>
    /// <param name="pause">How long until it is asked again.</param>
    /// <param name="time">The clock.</param>
    /// <param name="notYet">Is told why it is.</param>
    /// <param name="stoppingToken">Gives up.</param>
    /// <returns>The connection; the caller disposes it.</returns>
    public static async Task<ConnectionMultiplexer> ListenAsync(
        string address, RedisChannel channel, Action<byte[]> take, TimeSpan pause, TimeProvider time, Action<string> notYet, CancellationToken stoppingToken)
    {
        var settings = ConfigurationOptions.Parse(address);
        settings.AbortOnConnectFail = false;
        while (true)
        {
            ConnectionMultiplexer? redis = null;
            try
            {
                redis = await ConnectionMultiplexer.ConnectAsync(settings).WaitAsync(stoppingToken);
                await redis.GetSubscriber().SubscribeAsync(channel, (_, message) => take((byte[])message!)).WaitAsync(stoppingToken);
                return redis;
            }
            catch (Exception error) when (error is RedisException or TimeoutException)
            {
                notYet(error.Message);
                await (redis?.DisposeAsync() ?? ValueTask.CompletedTask);
            }

            await Task.Delay(pause, time, stoppingToken);
        }
    }
}
