using System.Buffers.Binary;

namespace Convonet.Emulator.Deepgram;

/// <summary>Audio that can be heard and measured: a sine of 440 Hz, as PCM16 mono.</summary>
internal static class Tone
{
    private const double Hertz = 440;
    private const double Amplitude = 8_000;

    internal static byte[] Of(int milliseconds, int sampleRate, bool withHeader)
    {
        var header = withHeader ? Header(sampleRate) : [];
        var count = milliseconds * sampleRate / 1000;
        var audio = new byte[header.Length + (count * 2)];
        header.CopyTo(audio, 0);
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(audio.AsSpan(header.Length + (i * 2)), (short)(Amplitude * Math.Sin(2 * Math.PI * Hertz * i / sampleRate)));
        }

        return audio;
    }

    // A WAV header of unknown length, as streams have it.
    private static byte[] Header(int sampleRate)
    {
        byte[] header = [.. "RIFF"u8, 255, 255, 255, 255, .. "WAVEfmt "u8, 16, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 16, 0, .. "data"u8, 255, 255, 255, 255];
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), sampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(28), sampleRate * 2);
        return header;
    }
}
