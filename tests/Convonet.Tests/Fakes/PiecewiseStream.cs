using System.Text;

namespace Convonet.Tests.Fakes;

/// <summary>A response body that hands out what a test scripted, piece by piece: bytes, a wait for the test, a broken connection.</summary>
public sealed class PiecewiseStream : Stream
{
    private readonly Queue<Func<CancellationToken, Task<byte[]>>> _steps = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadOnlyMemory<byte> _rest;

    /// <summary>Completes when the reader closes the body, which is when the connection would be closed.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Completes when the reader has read all that there is before the first wait, and waits for more.</summary>
    public Task Waiting => _waiting.Task;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Hands out a text, in one piece or in pieces of so many bytes.</summary>
    public PiecewiseStream Text(string text, int pieceSize = int.MaxValue)
    {
        foreach (var piece in Encoding.UTF8.GetBytes(text).Chunk(pieceSize))
        {
            _steps.Enqueue(_ => Task.FromResult(piece));
        }

        return this;
    }

    /// <summary>Hands out nothing until the test opens the gate.</summary>
    public PiecewiseStream Wait(Task gate)
    {
        _steps.Enqueue(async token =>
        {
            _waiting.TrySetResult();
            await gate.WaitAsync(token);
            return [];
        });
        return this;
    }

    /// <summary>Never hands out anything again.</summary>
    public PiecewiseStream Stall() => Wait(new TaskCompletionSource().Task);

    /// <summary>Breaks the connection.</summary>
    public PiecewiseStream Break()
    {
        _steps.Enqueue(_ => throw new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely."));
        return this;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty && _steps.TryDequeue(out var step))
        {
            _rest = await step(cancellationToken);
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A model's answer is read asynchronously.");

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _closed.TrySetResult();
        base.Dispose(disposing);
    }
}
