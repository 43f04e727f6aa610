using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Convonet.Models.Http;

/// <summary>A JSON request body in a pooled buffer, which returns to the pool when nobody reads it any more.</summary>
/// <remarks>
/// The handler may still be sending the body after the request is disposed (a server may answer before it has read everything), so
/// each sender counts as a user of the buffer beside the owner.
/// </remarks>
internal sealed class PooledJsonContent : HttpContent
{
    // A body is not HTML: quotes, plus signs and letters of any script go out as they are.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly PooledBuffer _body;
    private int _users = 1;
    private int _disposed;

    private PooledJsonContent(PooledBuffer body)
    {
        _body = body;
        Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
    }

    /// <summary>Writes the body.</summary>
    /// <param name="state">What <paramref name="write"/> needs.</param>
    /// <param name="write">Writes one JSON value.</param>
    public static PooledJsonContent Create<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        var body = new PooledBuffer();
        try
        {
            using var writer = new Utf8JsonWriter(body, Plain);
            write(writer, state);
            writer.Flush();
            return new PooledJsonContent(body);
        }
        catch
        {
            body.Return();
            throw;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        AddUser();
        try
        {
            await stream.WriteAsync(_body.Written, cancellationToken);
        }
        finally
        {
            RemoveUser();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            RemoveUser();
        }

        base.Dispose(disposing);
    }

    private void AddUser()
    {
        int users;
        do
        {
            users = Volatile.Read(ref _users);
            ObjectDisposedException.ThrowIf(users == 0, this);
        }
        while (Interlocked.CompareExchange(ref _users, users + 1, users) != users);
    }

    private void RemoveUser()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _body.Return();
        }
    }

    private sealed class PooledBuffer : IBufferWriter<byte>
    {
        private byte[] _bytes = ArrayPool<byte>.Shared.Rent(4096);

        public int Length { get; private set; }

        public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

        public void Advance(int count) => Length += count;

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            var needed = Length + Math.Max(sizeHint, 1);
            if (needed > _bytes.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _bytes.Length * 2));
                Written.CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_bytes);
                _bytes = larger;
            }

            return _bytes.AsMemory(Length);
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public void Return()
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
            Length = 0;
        }
    }
}
