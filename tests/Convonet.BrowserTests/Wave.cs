using System.Buffers.Binary;
using System.Text;

namespace Convonet.BrowserTests;

/// <summary>Sounds for the tests: a tone as 16-bit PCM, as a WAV for the microphone, and as the server's frames of speech.</summary>
internal static class Wave
{
    /// <summary>Samples a second of everything here.</summary>
    public const int Rate = 16_000;

    public static short[] Tone(double hertz, double seconds, double amplitude = 0.3) =>
        [.. Enumerable.Range(0, (int)(Rate * seconds)).Select(k => (short)(amplitude * short.MaxValue * Math.Sin(2 * Math.PI * hertz * k / Rate)))];

    /// <summary>A WAV in base64, as a script in the page takes it.</summary>
    public static string ToWav(short[] samples)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.ASCII);
        writer.Write("RIFF"u8);
        writer.Write(36 + (samples.Length * 2));
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(Rate);
        writer.Write(Rate * 2);
        writer.Write((short)2);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(samples.Length * 2);
        foreach (var sample in samples)
        {
            writer.Write(sample);
        }

        writer.Flush();
        return Convert.ToBase64String(stream.ToArray());
    }

    /// <summary>The frames of a sentence, 50 ms each, as docs/protocol.md has them.</summary>
    public static IEnumerable<byte[]> Frames(int turn, int sentence, int firstSample, short[] samples)
    {
        var sample = firstSample;
        foreach (var piece in samples.Chunk(Rate / 20))
        {
            var frame = new byte[20 + (piece.Length * 2)];
            frame[0] = frame[1] = 1;
            BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(2), 20);
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), Rate);
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(8), turn);
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(12), sentence);
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(16), sample);
            Buffer.BlockCopy(piece, 0, frame, 20, piece.Length * 2);
            sample += piece.Length;
            yield return frame;
        }
    }

    /// <summary>How often a second the samples cross zero upwards, where they are loud.</summary>
    public static double Pitch(short[] samples)
    {
        var first = Array.FindIndex(samples, it => Math.Abs((int)it) > 3_000);
        var last = Array.FindLastIndex(samples, it => Math.Abs((int)it) > 3_000);
        var crossings = Enumerable.Range(first, last - first).Count(k => samples[k] < 0 && samples[k + 1] >= 0);
        return crossings * (double)Rate / (last - first);
    }
}
