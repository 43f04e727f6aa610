using System.Buffers;
using System.Runtime.CompilerServices;

namespace Convonet.Models.Http;

/// <summary>
/// Stands between an HTTP body and the parser of server-sent events: it bounds the size of one event (the parser itself would buffer a
/// line without end), and keeps an error that a server wrote as plain JSON into its event stream, which a parser must ignore.
/// </summary>
/// <param name="body">The body.</param>
/// <param name="maxEventBytes">The largest event, in bytes.</param>
/// <param name="ownsBody">Whether the body is disposed with it; else the caller does that.</param>
internal sealed class EventStreamGuard(Stream body, int maxEventBytes = EventStreamGuard.DefaultEventBytes, bool ownsBody = false) : Stream
{
    /// <summary>The largest event by default: 1 MB.</summary>
    public const int DefaultEventBytes = 1024 * 1024;

    private ArrayBufferWriter<byte>? _stray;
    private int _eventBytes;
    private bool _lineIsEmpty = true;
    private bool _afterCarriageReturn;

    /// <summary>What followed a line that begins with <c>{</c> or <c>[</c>, at most 64 KB of it; empty when there was none.</summary>
    public ReadOnlyMemory<byte> Stray => _stray?.WrittenMemory ?? default;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    // Each piece of text waits here once.
    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        Watch(buffer.Span[..read]);
        return read;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = body.Read(buffer, offset, count);
        Watch(buffer.AsSpan(offset, read));
        return read;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && ownsBody)
        {
            body.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Watch(ReadOnlySpan<byte> bytes)
    {
        if (_afterCarriageReturn && bytes is [(byte)'\n', ..])
        {
            bytes = bytes[1..];
        }

        while (!bytes.IsEmpty)
        {
            _afterCarriageReturn = false;
            var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
            WatchLine(end < 0 ? bytes : bytes[..end]);
            if (end < 0)
            {
                return;
            }

            EndLine();
            var crlf = bytes[end] == '\r' && end + 1 < bytes.Length && bytes[end + 1] == '\n';
            _afterCarriageReturn = bytes[end] == '\r' && end + 1 == bytes.Length;
            bytes = bytes[(end + (crlf ? 2 : 1))..];
        }
    }

    private void WatchLine(ReadOnlySpan<byte> piece)
    {
        if (piece.IsEmpty)
        {
            return;
        }

        // No field of an event begins like this.
        if (_stray is null && _lineIsEmpty && piece[0] is (byte)'{' or (byte)'[')
        {
            _stray = new ArrayBufferWriter<byte>();
        }

        _lineIsEmpty = false;
        Keep(piece);
        _eventBytes += piece.Length;
        if (_eventBytes > maxEventBytes)
        {
            throw new ModelException(ModelErrorKind.Protocol, $"The provider sent an event of more than {maxEventBytes} bytes.");
        }
    }

    private void EndLine()
    {
        // A line break counts too, so that lines without content are bounded as well; an empty line ends the event.
        _eventBytes = _lineIsEmpty ? 0 : _eventBytes + 1;
        _lineIsEmpty = true;
        Keep("\n"u8);
    }

    private void Keep(ReadOnlySpan<byte> piece)
    {
        if (_stray is not null)
        {
            _stray.Write(piece[..Math.Min(piece.Length, BoundedBody.ErrorLimit - _stray.WrittenCount)]);
        }
    }
}
