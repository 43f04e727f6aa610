namespace Convonet.Server;

/// <summary>Waits until the server listens.</summary>
internal static class HostStarted
{
    /// <exception cref="OperationCanceledException">The server stops, perhaps before it ever listened.</exception>
    public static async Task StartedAsync(this IHostApplicationLifetime lifetime, CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var whenStarted = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
    }
}
