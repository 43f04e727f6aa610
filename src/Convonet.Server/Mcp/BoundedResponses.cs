using System.Net.Http.Headers;

namespace Convonet.Server.Mcp;

/// <summary>Bounds what a server may answer: the protocol's own reader keeps an answer, or an event of a stream, in memory until it is complete.</summary>
/// <param name="goodbyeLimit">How long the end of a session may take; it happens while somebody waits for the end.</param>
internal sealed class BoundedResponses(TimeSpan goodbyeLimit) : DelegatingHandler
{
    /// <summary>The most bytes of one answer or one event: 4 MB.</summary>
    public const int Limit = 4 * 1024 * 1024;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var goodbye = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (request.Method == HttpMethod.Delete)
        {
            // On the machine's own clock: it bounds the wait for somebody else's machine.
            goodbye.CancelAfter(goodbyeLimit);
        }

        var response = await base.SendAsync(request, goodbye.Token);
        var isStream = response.Content.Headers.ContentType?.MediaType == "text/event-stream";
        var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bounded = new StreamContent(new BoundedStream(body, Limit, isStream));
        Copy(response.Content.Headers, bounded.Headers);
        response.Content = bounded;
        return response;
    }

    private static void Copy(HttpContentHeaders from, HttpContentHeaders to)
    {
        foreach (var (name, values) in from.NonValidated)
        {
            to.TryAddWithoutValidation(name, values);
        }
    }
}

/// <summary>A body that ends with an error when it, or one event of it, is too large.</summary>
/// <param name="body">The body; disposed with this.</param>
/// <param name="limit">In bytes.</param>
/// <param name="perEvent">Whether an empty line begins the count anew.</param>
internal sealed class BoundedStream(Stream body, int limit, bool perEvent) : Stream
{
    private int _count;
    private bool _lineIsEmpty = true;
    private bool _afterCarriageReturn;

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

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        Watch(buffer.Span[..read]);
        return read;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

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
        if (disposing)
        {
            body.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Watch(ReadOnlySpan<byte> bytes)
    {
        if (!perEvent)
        {
            Add(bytes.Length);
            return;
        }

        if (_afterCarriageReturn && bytes is [(byte)'\n', ..])
        {
            bytes = bytes[1..];
        }

        // Lines end with \n, \r or both; a line with nothing before its end closes the event.
        while (!bytes.IsEmpty)
        {
            _afterCarriageReturn = false;
            var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
            if (end < 0)
            {
                _lineIsEmpty = false;
                Add(bytes.Length);
                return;
            }

            Add(end + 1);
            if (end == 0 && _lineIsEmpty)
            {
                _count = 0;
            }

            _lineIsEmpty = true;
            var pair = bytes[end] == '\r' && end + 1 < bytes.Length && bytes[end + 1] == '\n';
            _afterCarriageReturn = bytes[end] == '\r' && end + 1 == bytes.Length;
            bytes = bytes[(end + (pair ? 2 : 1))..];
        }
    }

    private void Add(int bytes)
    {
        // Checked before it is kept anywhere, and so that it cannot overflow.
        _count = bytes <= limit - _count ? _count + bytes : throw new IOException($"The server sent more than {limit} bytes at once.");
    }
}
