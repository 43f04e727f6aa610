using System.Buffers.Binary;

namespace Convonet.Audio;

/// <summary>WAV files of PCM16 mono: the 44 bytes before the samples.</summary>
/// <see href="https://datatracker.ietf.org/doc/html/rfc2361"/>
internal static class WavFile
{
    /// <summary>Length of the header that <see cref="Create"/> writes, in bytes.</summary>
    public const int HeaderLength = 44;

    private const int RateOffset = 24;
    private const int FormatLength = 16;
    private const short Pcm = 1;

    /// <summary>A whole file.</summary>
    /// <param name="format">The rate of the samples.</param>
    /// <param name="pcm">The samples.</param>
    public static byte[] Create(PcmFormat format, ReadOnlySpan<byte> pcm)
    {
        var file = new byte[HeaderLength + pcm.Length];
        WriteHeader(file, format, pcm.Length);
        pcm.CopyTo(file.AsSpan(HeaderLength));
        return file;
    }

    /// <summary>Whether a stream of samples begins with a header after all, as some engines send it.</summary>
    /// <param name="bytes">The first bytes.</param>
    /// <param name="sampleRate">The header's rate in Hz, not checked.</param>
    public static bool TryReadHeader(ReadOnlySpan<byte> bytes, out int sampleRate)
    {
        var isWav = bytes.Length >= HeaderLength && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WAVE"u8);
        sampleRate = isWav ? BinaryPrimitives.ReadInt32LittleEndian(bytes[RateOffset..]) : 0;
        return isWav;
    }

    private static void WriteHeader(Span<byte> header, PcmFormat format, int length)
    {
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], HeaderLength - 8 + length);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], FormatLength);
        BinaryPrimitives.WriteInt16LittleEndian(header[20..], Pcm);
        BinaryPrimitives.WriteInt16LittleEndian(header[22..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(header[RateOffset..], format.SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], format.BytesPerSecond);
        BinaryPrimitives.WriteInt16LittleEndian(header[32..], PcmFormat.BytesPerSample);
        BinaryPrimitives.WriteInt16LittleEndian(header[34..], PcmFormat.BytesPerSample * 8);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[40..], length);
    }
}
