namespace Convonet.Server.Accounts;

/// <summary>Closes open connections whose sign-in was ended elsewhere: on another node, or with the account.</summary>
internal sealed partial class SignInWatch(OpenConnections connections, SignIns signIns, TimeProvider time, ILogger<SignInWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await CheckAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (connections.SignIns is { Count: > 0 } open && await signIns.EndedAmongAsync(open, cancellationToken) is { Count: > 0 } ended)
            {
                connections.Close(ended.Contains);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // The border: a store that does not answer now is asked again soon, and must not end the watch.
            LogCheckFailed(error);
        }
    }

    [LoggerMessage(LogLevel.Warning, "It could not be looked up whether the sign-ins of open connections still hold.")]
    private partial void LogCheckFailed(Exception error);
}
