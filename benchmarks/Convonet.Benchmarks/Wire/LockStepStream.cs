using System.Threading.Channels;
using Convonet.Models.Rehearsals;

namespace Convonet.Benchmarks.Wire;

/// <summary>The body of a model's answer that brings one event a read, and each only when it is let go.</summary>
internal sealed class LockStepStream(CannedAnswer answer, int deltas) : Stream
{
    private readonly Channel<bool> _let = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true });
    private ReadOnlyMemory<byte> _left;
    private int _reads;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Lets the next piece of text go, or the end behind the last.</summary>
    public void LetGo() => _let.Writer.TryWrite(true);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left.IsEmpty)
        {
            var read = _reads++;
            if (read > 0 && read <= deltas + 1)
            {
                await _let.Reader.ReadAsync(CancellationToken.None);
            }

            _left = read == 0 ? answer.Begin : read <= deltas ? answer.Delta : read == deltas + 1 ? answer.End : [];
        }

        // The reader's buffer may have little room left.
        var length = Math.Min(_left.Length, buffer.Length);
        _left[..length].CopyTo(buffer);
        _left = _left[length..];
        return length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
