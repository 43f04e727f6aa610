namespace Convonet.Emulator.Recording;

/// <summary>The last requests, oldest first: at most <see cref="Capacity"/>, and at most <see cref="CapacityBytes"/> of bodies.</summary>
internal sealed class RequestLog
{
    internal const int Capacity = 1000;
    internal const long CapacityBytes = 64L * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<RecordedRequest> _requests = new();
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _bytes;
    private long _forgotten;

    internal IReadOnlyList<RecordedRequest> Snapshot()
    {
        lock (_lock)
        {
            return [.. _requests];
        }
    }

    internal void Add(RecordedRequest request)
    {
        TaskCompletionSource arrived;
        lock (_lock)
        {
            _requests.Enqueue(request);
            _bytes += request.BodyBytes;
            while (_requests.Count > Capacity || (_bytes > CapacityBytes && _requests.Count > 1))
            {
                _bytes -= _requests.Dequeue().BodyBytes;
                _forgotten++;
            }

            arrived = _arrived;
            _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        arrived.TrySetResult();
    }

    /// <summary>The request with this number, counted from 0 since the start; waits until it has arrived.</summary>
    internal async Task<RecordedRequest> GetAsync(long number, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task arrived;
            lock (_lock)
            {
                var index = number - _forgotten;
                ArgumentOutOfRangeException.ThrowIfNegative(index, nameof(number));
                if (index < _requests.Count)
                {
                    return _requests.ElementAt((int)index);
                }

                arrived = _arrived.Task;
            }

            await arrived.WaitAsync(cancellationToken);
        }
    }
}
