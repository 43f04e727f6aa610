using Convonet.Telemetry;
using Microsoft.Extensions.Logging;

namespace Convonet.Streams;

/// <summary>
/// Owns the tasks that their starter no longer waits for: a library that ignores its cancellation token, a clean-up that goes on behind a
/// finished turn. Each is counted while it runs and its failure is observed, so that none is ever forgotten.
/// </summary>
public sealed partial class StrayTasks(ILogger<StrayTasks> logger)
{
    private readonly HashSet<Task> _running = [];

    /// <summary>How many run now.</summary>
    public int Count
    {
        get
        {
            lock (_running)
            {
                return _running.Count;
            }
        }
    }

    /// <summary>Takes over a task that was told to end.</summary>
    /// <param name="task">The task; its cancellation is expected, its failure is logged.</param>
    /// <param name="what">What it is, for the log.</param>
    public void Adopt(Task task, string what)
    {
        if (task.IsCompletedSuccessfully)
        {
            return;
        }

        // Whoever drains waits for this one: it ends after the task has been taken off the list, and on no thread that still has to take it off.
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_running)
        {
            _running.Add(released.Task);
        }

        ConvonetTelemetry.StrayTasks.Add();
        task.ContinueWith(
            (ended, _) => Release(ended, released, what), null, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Waits until none is left.</summary>
    /// <exception cref="OperationCanceledException">Some still run.</exception>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task[] running;
            lock (_running)
            {
                running = [.. _running];
            }

            if (running.Length == 0)
            {
                return;
            }

            await Task.WhenAll(running).WaitAsync(cancellationToken);
        }
    }

    private void Release(Task ended, TaskCompletionSource released, string what)
    {
        lock (_running)
        {
            _running.Remove(released.Task);
        }

        ConvonetTelemetry.StrayTasks.Remove();
        released.SetResult();
        if (ended.Exception?.GetBaseException() is { } error)
        {
            LogStrayTaskFailed(what, error);
        }
    }

    [LoggerMessage(LogLevel.Information, "{What} failed after nobody waited for it any more.")]
    private partial void LogStrayTaskFailed(string what, Exception error);
}
