namespace Convonet.Tests.Models.Http;

/// <summary>Gives its bytes in reads of at most <paramref name="size"/> bytes, as a network may.</summary>
internal sealed class SlicedStream(byte[] bytes, int size) : MemoryStream(bytes)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
}
