using System.Runtime.InteropServices;

namespace Convonet.Speech.Recognition.Clips;

/// <summary>Cuts a long recording into parts that an engine takes as utterances, where it is quiet, and knows one in which nothing is heard.</summary>
internal static class ClipParts
{
    private const int FrameSamples = RecognitionLimits.SampleRate / 50;
    private const int LeastLoudFrames = 4;

    // -55 dB below full scale is 58 of 32,768.
    private const double LeastPower = 58.0 * 58;
    private const int WindowBytes = RecognitionLimits.BytesPerSecond / 5;

    /// <summary>
    /// Whether there is more in it than silence and what broken files decode to: recognisers hear words in those. Four frames of 20 ms have to be louder
    /// than -55 dB below full scale; a short "yes" has ten. Samples that are no numbers become the least one, with clicks between them.
    /// </summary>
    internal static bool IsHeard(ReadOnlySpan<byte> samples)
    {
        var loud = 0;
        for (var rest = MemoryMarshal.Cast<byte, short>(samples); !rest.IsEmpty && loud < LeastLoudFrames; rest = rest[Math.Min(FrameSamples, rest.Length)..])
        {
            var (sum, squares) = (0.0, 0.0);
            var frame = rest[..Math.Min(FrameSamples, rest.Length)];
            foreach (var sample in frame)
            {
                sum += sample;
                squares += (double)sample * sample;
            }

            var isSound = frame.Count(short.MinValue) * 2 < frame.Length;
            loud += isSound && (squares - (sum * sum / frame.Length)) / frame.Length > LeastPower ? 1 : 0;
        }

        return loud == LeastLoudFrames;
    }

    /// <summary>Where the first part of the samples ends, in bytes: in the middle of the quietest fifth of a second that lies late enough.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="longest">The longest part. The shortest has three fifths of it.</param>
    internal static int EndOfFirst(ReadOnlySpan<byte> samples, TimeSpan longest)
    {
        var fifth = (int)(longest.TotalSeconds / 5 * RecognitionLimits.SampleRate) * sizeof(short);
        if (samples.Length <= 5 * fifth)
        {
            return samples.Length;
        }

        var (end, least) = (5 * fifth, double.MaxValue);
        for (var from = 3 * fifth; from + WindowBytes <= 5 * fifth; from += WindowBytes / 2)
        {
            var energy = 0.0;
            foreach (var sample in MemoryMarshal.Cast<byte, short>(samples.Slice(from, WindowBytes)))
            {
                energy += (double)sample * sample;
            }

            if (energy < least)
            {
                (end, least) = (from + (WindowBytes / 2), energy);
            }
        }

        return end;
    }
}
