using System.Collections.Concurrent;
using Convonet.Streams;

namespace Convonet.Tools;

/// <summary>Calls that nobody waits for any more, tool by tool: one that ignores that it was told to end is not called without end. Safe for concurrent calls.</summary>
internal sealed class StrayCalls(StrayTasks strays)
{
    /// <summary>So many calls of a tool may be left behind; then none begins until one has ended.</summary>
    public const int Most = 64;

    private readonly ConcurrentDictionary<string, int> _running = new(StringComparer.Ordinal);

    /// <summary>Whether a call of this tool may begin.</summary>
    public bool HasRoom(string tool) => _running.GetValueOrDefault(tool) < Most;

    /// <summary>Tells a call to end, unless it has, and stays with it however long it takes.</summary>
    /// <param name="tool">Name of the tool.</param>
    /// <param name="running">The call.</param>
    /// <param name="stop">Its token's source, disposed in the end.</param>
    public void Adopt(string tool, Task running, CancellationTokenSource stop) => strays.Adopt(EndAsync(tool, running, stop), $"Tool {tool}");

    private async Task EndAsync(string tool, Task running, CancellationTokenSource stop)
    {
        var isStray = !running.IsCompleted;
        try
        {
            if (isStray)
            {
                _running.AddOrUpdate(tool, 1, static (_, count) => count + 1);
                await stop.CancelAsync();
                await running;
            }
        }
        catch (OperationCanceledException)
        {
            // It listened.
        }
        finally
        {
            if (isStray)
            {
                _running.AddOrUpdate(tool, 0, static (_, count) => count - 1);
            }

            stop.Dispose();
        }
    }
}
