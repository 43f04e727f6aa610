using System.Diagnostics;

namespace Convonet.Server.Cluster;

/// <summary>The others have taken this node for dead, and go on without it: it stops, and whoever looks after it starts it again.</summary>
/// <param name="lifetime">Stops the server.</param>
/// <param name="time">The clock.</param>
/// <param name="end">Ends the process at once.</param>
/// <param name="logger">The log.</param>
internal sealed partial class LostNode(IHostApplicationLifetime lifetime, TimeProvider time, LostNode.EndProcess end, ILogger<LostNode> logger) : IFatalErrorHandler, IDisposable
{
    /// <summary>
    /// How long stopping may take. Its turns are others' already and nothing that it writes counts, so there is nothing to wait for; its clients look for a node that lives.
    /// </summary>
    internal static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private ITimer? _limit;
    private int _lost;

    /// <summary>Ends the process at once.</summary>
    internal delegate void EndProcess();

    /// <summary>As <c>SIGKILL</c> does: an orderly exit waits for what hangs.</summary>
    public static void Kill()
    {
        using var process = Process.GetCurrentProcess();
        process.Kill();
    }

    public bool IsUnexpected(Exception exception) => exception is not ThreadInterruptedException;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        LogLost(context, exception);
        if (Interlocked.Exchange(ref _lost, 1) == 0)
        {
            Environment.ExitCode = 1;
            _limit = time.CreateTimer(_ => EndNow(), null, StopLimit, Timeout.InfiniteTimeSpan);
            lifetime.StopApplication();
        }
    }

    public void Dispose() => _limit?.Dispose();

    private void EndNow()
    {
        LogHangs(StopLimit.TotalSeconds);
        end();
    }

    [LoggerMessage(LogLevel.Critical, "This node is not part of the cluster any more, and stops: {Context}.")]
    private partial void LogLost(string? context, Exception? error);

    [LoggerMessage(LogLevel.Critical, "This node did not stop within {Seconds} s, and ends now.")]
    private partial void LogHangs(double seconds);
}
