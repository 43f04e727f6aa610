using Convonet.Conversations;

namespace Convonet.Server.Conversations;

/// <summary>At start: goes on with the turns that the process before left unfinished, whether or not their users have come back.</summary>
internal sealed partial class TurnTakeUp(LocalConversationDirectory directory, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<TurnTakeUp> logger) : BackgroundService
{
    /// <summary>How long until what could not be loaded is tried again.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Only a server that serves: one that cannot listen, because another has its port, must not take that one's turns away before it gives up.
            await lifetime.StartedAsync(stoppingToken);
            while (!await TryTakeUpAsync(stoppingToken))
            {
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops again.
        }
    }

    private async Task<bool> TryTakeUpAsync(CancellationToken stoppingToken)
    {
        try
        {
            var (count, notLoaded) = await directory.TakeUpAsync(stoppingToken);
            if (count > notLoaded)
            {
                LogTakenUp(count - notLoaded);
            }

            return notLoaded == 0;
        }
        catch (Exception error) when (!stoppingToken.IsCancellationRequested)
        {
            // The border: the server serves meanwhile; such a conversation also goes on when its user comes back.
            LogNotTakenUp(error);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "{Count} conversations go on that the server had left unfinished.")]
    private partial void LogTakenUp(int count);

    [LoggerMessage(LogLevel.Error, "Unfinished turns could not be taken up yet.")]
    private partial void LogNotTakenUp(Exception error);
}
