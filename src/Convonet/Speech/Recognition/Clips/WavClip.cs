using System.Buffers.Binary;

namespace Convonet.Speech.Recognition.Clips;

/// <summary>WAV files of PCM16 samples: <see href="https://datatracker.ietf.org/doc/html/rfc2361"/>.</summary>
internal static class WavClip
{
    private const int ChunkHeaderBytes = 8;
    private const int FormatBytes = 16;
    private const short Pcm = 1;
    private const short Extensible = -2;

    /// <summary>Whether it begins like a WAV file.</summary>
    internal static bool Is(ReadOnlySpan<byte> clip) => clip.Length >= 12 && clip.StartsWith("RIFF"u8) && clip[8..].StartsWith("WAVE"u8);

    /// <summary>The samples, if they are PCM16, mono, 16 kHz: a part of the clip. A clip that was cut off gives what is there.</summary>
    internal static bool TryRead(ReadOnlyMemory<byte> clip, out ReadOnlyMemory<byte> samples)
    {
        samples = default;
        var isOurs = false;
        var rest = clip[12..];
        while (rest.Length >= ChunkHeaderBytes)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(rest.Span[4..]);
            var body = rest[ChunkHeaderBytes..];
            body = body[..(int)Math.Min(length, body.Length)];
            if (rest.Span.StartsWith("fmt "u8) && body.Length >= FormatBytes)
            {
                isOurs = BinaryPrimitives.ReadInt16LittleEndian(body.Span) is Pcm or Extensible
                    && BinaryPrimitives.ReadInt16LittleEndian(body.Span[2..]) == 1
                    && BinaryPrimitives.ReadInt32LittleEndian(body.Span[4..]) == RecognitionLimits.SampleRate
                    && BinaryPrimitives.ReadInt16LittleEndian(body.Span[14..]) == 16;
            }
            else if (rest.Span.StartsWith("data"u8))
            {
                samples = body[..(body.Length & ~1)];
                return isOurs;
            }

            // Chunks begin at even places.
            rest = rest[Math.Min(rest.Length, ChunkHeaderBytes + body.Length + (body.Length & 1))..];
        }

        return false;
    }
}
