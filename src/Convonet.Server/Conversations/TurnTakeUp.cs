using Convonet.Conversations;

namespace Convonet.Server.Conversations;

/// <summary>At start: goes on with the turns that the process before left unfinished, whether or not their users have come back.</summary>
internal sealed partial class TurnTakeUp(LocalConversationDirectory directory, IHostApplicationLifetime lifetime, ILogger<TurnTakeUp> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Only a server that serves: one that cannot listen, because another has its port, must not take that one's turns away before it gives up.
            await lifetime.StartedAsync(stoppingToken);
            if (await directory.TakeUpAsync(stoppingToken) is > 0 and var count)
            {
                LogTakenUp(count);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops again.
        }
        catch (Exception error)
        {
            // The border: the server serves all the same; such a conversation goes on when its user comes back.
            LogNotTakenUp(error);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Count} conversations go on that the server had left unfinished.")]
    private partial void LogTakenUp(int count);

    [LoggerMessage(LogLevel.Error, "Unfinished turns could not be taken up.")]
    private partial void LogNotTakenUp(Exception error);
}
