using System.Buffers;

namespace Convonet.Models.Http;

/// <summary>Reads the body of an answer that is not a stream, such as an error, without trusting its length.</summary>
internal static class BoundedBody
{
    /// <summary>The most that is read of an error's body, in bytes: 64 KB.</summary>
    public const int ErrorLimit = 64 * 1024;

    /// <summary>Reads at most <paramref name="limit"/> bytes; a connection that breaks meanwhile ends the body.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>();
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            while (body.WrittenCount < limit)
            {
                var room = Math.Min(limit - body.WrittenCount, 4096);
                var read = await stream.ReadAsync(body.GetMemory(room)[..room], cancellationToken);
                if (read == 0)
                {
                    break;
                }

                body.Advance(read);
            }
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            // What came before the break is still worth reading.
        }

        return body.WrittenMemory;
    }
}
