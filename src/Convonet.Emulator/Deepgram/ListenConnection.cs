namespace Convonet.Emulator.Deepgram;

/// <summary>One connection to the listen socket, and signals of what came over it.</summary>
public sealed class ListenConnection
{
    private const int MaxMessages = 1_000;

    private readonly Lock _lock = new();
    private readonly List<string> _messages = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _audioBytes;

    internal ListenConnection(string query) => Query = query;

    /// <summary>The query of the address.</summary>
    public string Query { get; }

    /// <summary>Bytes of audio that came so far.</summary>
    public long AudioBytes => Interlocked.Read(ref _audioBytes);

    /// <summary>The kinds of the text messages that came so far, in order.</summary>
    public IReadOnlyList<string> Messages
    {
        get
        {
            lock (_lock)
            {
                return [.. _messages];
            }
        }
    }

    /// <summary>Completes when the connection is over, however it ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Waits until this much audio has come.</summary>
    public Task HearAsync(long audioBytes, CancellationToken cancellationToken = default) => UntilAsync(() => AudioBytes >= audioBytes, cancellationToken);

    /// <summary>Waits until a text message of this kind has come.</summary>
    public Task MessageAsync(string type, CancellationToken cancellationToken = default) => UntilAsync(() => Messages.Contains(type), cancellationToken);

    internal void Hear(int bytes)
    {
        Interlocked.Add(ref _audioBytes, bytes);
        Change();
    }

    internal void Add(string type)
    {
        lock (_lock)
        {
            if (_messages.Count < MaxMessages)
            {
                _messages.Add(type);
            }
        }

        Change();
    }

    internal void End() => _ended.TrySetResult();

    private async Task UntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                changed = _changed.Task;
            }

            if (condition())
            {
                return;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private void Change()
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.TrySetResult();
    }
}
