namespace Convonet.Emulator.Deepgram;

/// <summary>What is to be heard on the listen socket, and the connections so far.</summary>
internal sealed class ListenLog
{
    private const int MaxWaiting = 1_000;
    private const int MaxConnections = 1_000;

    private readonly Lock _lock = new();
    private readonly LinkedList<SpokenScript> _waiting = new();
    private readonly List<ListenConnection> _connections = [];
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Enqueue(SpokenScript script)
    {
        lock (_lock)
        {
            _waiting.AddLast(_waiting.Count < MaxWaiting ? script : throw new InvalidOperationException($"More than {MaxWaiting} scripts are waiting."));
        }
    }

    /// <summary>The next utterance; without words when none is waiting.</summary>
    internal SpokenScript Take()
    {
        lock (_lock)
        {
            var next = _waiting.First?.Value;
            if (next is not null)
            {
                _waiting.RemoveFirst();
            }

            return next ?? new SpokenScript("");
        }
    }

    /// <summary>What a connection had not settled when it broke is heard again on the next one.</summary>
    internal void PutBack(SpokenScript script)
    {
        lock (_lock)
        {
            _waiting.AddFirst(script);
        }
    }

    internal void Add(ListenConnection connection)
    {
        TaskCompletionSource arrived;
        lock (_lock)
        {
            if (_connections.Count < MaxConnections)
            {
                _connections.Add(connection);
            }

            (arrived, _arrived) = (_arrived, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        arrived.TrySetResult();
    }

    /// <summary>The connection with this number, from 0; waits until it is there.</summary>
    internal async Task<ListenConnection> GetAsync(int number, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task arrived;
            lock (_lock)
            {
                if (number < _connections.Count)
                {
                    return _connections[number];
                }

                arrived = _arrived.Task;
            }

            await arrived.WaitAsync(cancellationToken);
        }
    }
}
