using System.IO.Pipelines;
using System.Text;

namespace Convonet.Tests.Models.Http;

/// <summary>A body whose bytes the test releases one piece at a time.</summary>
internal sealed class GatedStream : Stream
{
    private readonly Pipe _pipe = new();
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the reader closes the body.</summary>
    public Task Closed => _disposed.Task;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public async Task ReleaseAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken) =>
        await _pipe.Writer.WriteAsync(piece, cancellationToken);

    public Task ReleaseAsync(string piece, CancellationToken cancellationToken) => ReleaseAsync(Encoding.UTF8.GetBytes(piece), cancellationToken);

    public ValueTask EndAsync(Exception? error = null) => _pipe.Writer.CompleteAsync(error);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _pipe.Reader.AsStream(leaveOpen: true).ReadAsync(buffer, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _disposed.TrySetResult();
        base.Dispose(disposing);
    }
}
