namespace Convonet.Server.Store;

/// <summary>
/// Lets one writer in at a time. SQLite has one writer anyway; in line here, none of them waits in the database, where it would hold a thread and time out.
/// </summary>
internal sealed class WriterGate
{
    /// <summary>Lets everybody in: for a database that orders its writers itself.</summary>
    public static readonly WriterGate Open = new(null);

    private readonly SemaphoreSlim? _one;
    private readonly AsyncLocal<bool> _inside = new();

    private WriterGate(SemaphoreSlim? one) => _one = one;

    /// <summary>Whether one writer is let in at a time.</summary>
    public bool IsForOne => _one is not null;

    /// <summary>A gate for one writer.</summary>
    public static WriterGate ForOne() => new(new SemaphoreSlim(1, 1));

    /// <summary>Waits in line; the place is given back when the result is disposed. Whoever is inside already passes.</summary>
    public async ValueTask<IDisposable?> EnterAsync(CancellationToken cancellationToken)
    {
        if (_one is null || _inside.Value)
        {
            return null;
        }

        await _one.WaitAsync(cancellationToken);
        return new Place(this);
    }

    /// <summary>Marks the flow of the caller as inside, until the result is disposed.</summary>
    public IDisposable MarkInside()
    {
        _inside.Value = true;
        return new Mark(this);
    }

    private sealed class Place(WriterGate gate) : IDisposable
    {
        public void Dispose() => gate._one!.Release();
    }

    private sealed class Mark(WriterGate gate) : IDisposable
    {
        public void Dispose() => gate._inside.Value = false;
    }
}
