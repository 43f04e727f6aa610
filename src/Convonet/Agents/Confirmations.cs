using System.Collections.Concurrent;

namespace Convonet.Agents;

/// <summary>The calls of a turn that wait for the user's yes.</summary>
public sealed class Confirmations(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<bool>> _open = new(StringComparer.Ordinal);

    /// <summary>Answers a question.</summary>
    /// <returns>False when nothing waits under this id (any more).</returns>
    public bool Answer(string callId, bool yes) => _open.TryGetValue(callId, out var question) && question.TrySetResult(yes);

    /// <summary>Waits for the user's answer.</summary>
    /// <returns>True for yes, false for no, null when there was no answer within the limit.</returns>
    internal async Task<bool?> AskAsync(string callId, TimeSpan limit, Func<ValueTask> asked, CancellationToken cancellationToken)
    {
        var question = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _open[callId] = question;
        try
        {
            await asked();
            return await question.Task.WaitAsync(limit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            _open.TryRemove(callId, out _);
        }
    }
}
