using Convonet.Conversations;

namespace Convonet.Server.Transport;

/// <summary>Ends conversations that nobody has used for a while.</summary>
internal sealed class ConversationSweep(LocalConversationDirectory directory, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await directory.SweepAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops, or never started.
        }
    }
}
