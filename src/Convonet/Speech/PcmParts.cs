using System.Runtime.CompilerServices;
using Convonet.Audio;

namespace Convonet.Speech;

/// <summary>Reads samples that a provider streams.</summary>
internal static class PcmParts
{
    private const int PartBytes = 8 * 1024;

    /// <summary>An HTTP body, part by part, as it comes.</summary>
    /// <param name="body">The samples.</param>
    /// <param name="text">What they say.</param>
    /// <param name="format">The rate that was asked for.</param>
    /// <param name="provider">Name for messages.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SpeechException">It broke off, or is something else.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(Stream body, string text, PcmFormat format, string provider, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[PartBytes];
        var spoken = new SpokenLength(text, format, provider);
        var isFirst = true;
        while (await FillAsync(body, buffer, isFirst ? WavFile.HeaderLength : 1, provider, cancellationToken) is > 0 and var length)
        {
            var part = isFirst ? WithoutHeader(buffer.AsMemory(0, length), format.SampleRate, provider) : buffer.AsMemory(0, length);
            isFirst = false;
            spoken.Add(part.Length);
            yield return part;
        }

        spoken.End();
    }

    /// <summary>The first samples, without a WAV header, which some send although they were not asked for one.</summary>
    /// <exception cref="SpeechException">The header tells of another rate.</exception>
    public static ReadOnlyMemory<byte> WithoutHeader(ReadOnlyMemory<byte> first, int sampleRate, string provider) =>
        !WavFile.TryReadHeader(first.Span, out var rate) ? first
        : rate == sampleRate ? first[WavFile.HeaderLength..]
        : throw new SpeechException(SpeechErrorKind.WrongRate, $"{provider} speaks at {rate} Hz instead of {sampleRate}.");

    private static async Task<int> FillAsync(Stream body, byte[] buffer, int atLeast, string provider, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAtLeastAsync(buffer, atLeast, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            // A closed connection looks like a broken one; the caller closed it.
            throw new OperationCanceledException("The speech was cancelled.", error, cancellationToken);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw new SpeechException(SpeechErrorKind.Unfinished, $"The connection to {provider} broke.", error);
        }
    }
}
