using Convonet.Tools;

namespace Convonet.Server.Conversations;

/// <summary>Results of one turn that come together are kept together: whoever is first writes, and takes along what has come by the time it would commit. Nobody waits for what has not.</summary>
internal sealed class ResultsTogether
{
    private readonly Lock _lock = new();
    private Group _open = new();

    /// <summary>Keeps a result.</summary>
    /// <param name="key">Of the call.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="write">Keeps a group in one transaction, and gives what the ledger holds of each.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What the ledger holds of the call.</returns>
    public async Task<ToolResult> KeepAsync(
        CallKey key, ToolResult result, Func<Group, CancellationToken, Task<IReadOnlyList<ToolResult>>> write, CancellationToken cancellationToken)
    {
        for (var failed = false; ;)
        {
            var (group, place) = Join(key, result);
            try
            {
                if (place == 0)
                {
                    await group.WriteAsync(write, cancellationToken);
                }

                return (await group.Kept.WaitAsync(cancellationToken))[place];
            }
            catch (OperationCanceledException) when (place > 0 && !cancellationToken.IsCancellationRequested)
            {
                // Whoever wrote has given up; this one still has time.
            }
            catch (Exception) when (place > 0 && !failed && !cancellationToken.IsCancellationRequested)
            {
                // The store's patience was the writer's; this one may have come at its end.
                failed = true;
            }
        }
    }

    private (Group Group, int Place) Join(CallKey key, ToolResult result)
    {
        lock (_lock)
        {
            if (_open.TryAdd(key, result) is { } place)
            {
                return (_open, place);
            }

            _open = new();
            return (_open, _open.TryAdd(key, result)!.Value);
        }
    }

    /// <summary>The results of one transaction.</summary>
    internal sealed class Group
    {
        private readonly List<(CallKey Key, ToolResult Result)> _all = [];
        private readonly TaskCompletionSource<IReadOnlyList<ToolResult>> _kept = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _isClosed;

        /// <summary>What the ledger holds of each.</summary>
        public Task<IReadOnlyList<ToolResult>> Kept => _kept.Task;

        /// <summary>The result at this place; behind the last there is none, and none comes any more.</summary>
        public (CallKey Key, ToolResult Result)? At(int place)
        {
            lock (_all)
            {
                _isClosed |= place >= _all.Count;
                return place < _all.Count ? _all[place] : null;
            }
        }

        /// <summary>Adds a result.</summary>
        /// <returns>Its place; null when it is too late for it.</returns>
        public int? TryAdd(CallKey key, ToolResult result)
        {
            lock (_all)
            {
                if (_isClosed)
                {
                    return null;
                }

                _all.Add((key, result));
                return _all.Count - 1;
            }
        }

        /// <summary>Writes all; how it ended is told by <see cref="Kept"/>.</summary>
        public async Task WriteAsync(Func<Group, CancellationToken, Task<IReadOnlyList<ToolResult>>> write, CancellationToken cancellationToken)
        {
            var writing = write(this, cancellationToken);
            await ((Task)writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            At(int.MaxValue);
            _kept.SetFromTask(writing);
        }
    }
}
