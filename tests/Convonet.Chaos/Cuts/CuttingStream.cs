using System.Net.Sockets;

namespace Convonet.Chaos.Cuts;

/// <summary>A line that breaks after so many bytes, in whichever direction they go: with a reset, and in the middle of whatever is sent.</summary>
internal sealed class CuttingStream(NetworkStream inner, long bytes) : Stream
{
    private long _left = bytes;

    /// <summary>Whether it has broken.</summary>
    public bool IsCut => Volatile.Read(ref _left) <= 0;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return await inner.ReadAsync(buffer, cancellationToken);
        }

        var read = await inner.ReadAsync(buffer[..(int)Math.Clamp(Volatile.Read(ref _left), 1, buffer.Length)], cancellationToken);
        Spend(read);
        return read;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var sent = (int)Math.Clamp(Volatile.Read(ref _left), 0, buffer.Length);
        await inner.WriteAsync(buffer[..sent], cancellationToken);
        Spend(buffer.Length);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>What was read up to here still counts; the next read or write finds the line dead.</summary>
    private void Spend(int count)
    {
        if (Interlocked.Add(ref _left, -count) <= 0)
        {
            inner.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
            inner.Dispose();
        }
    }
}
