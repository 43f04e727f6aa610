using System.Runtime.InteropServices;

namespace Convonet.Speech.Recognition.Clips;

/// <summary>Cuts a long recording into parts that an engine takes as utterances, where it is quiet.</summary>
internal static class ClipParts
{
    /// <summary>The longest part: an engine that is given it at once is not too far behind.</summary>
    internal static readonly int LongestBytes = 20 * RecognitionLimits.BytesPerSecond;

    private const int ShortestBytes = 12 * RecognitionLimits.BytesPerSecond;
    private const int WindowBytes = RecognitionLimits.BytesPerSecond / 5;

    /// <summary>Where the first part of the samples ends, in bytes: in the middle of the quietest fifth of a second that lies late enough.</summary>
    internal static int EndOfFirst(ReadOnlySpan<byte> samples)
    {
        if (samples.Length <= LongestBytes)
        {
            return samples.Length;
        }

        var (end, least) = (LongestBytes, double.MaxValue);
        for (var from = ShortestBytes; from + WindowBytes <= LongestBytes; from += WindowBytes / 2)
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
