using System.Buffers.Binary;
using Convonet.Audio;

namespace Convonet.Tests.Audio;

public sealed class PcmResamplerTests
{
    [Theory]
    [InlineData(16_000, 24_000)]
    [InlineData(22_050, 24_000)]
    [InlineData(48_000, 16_000)]
    [InlineData(24_000, 16_000)]
    public void Push_Tone_KeepsLengthPitchAndLoudness(int from, int to)
    {
        var output = Resample(Tone(from, 1_000), from, to, piece: 962);
        var expected = Samples(Tone(to, 1_000));

        Assert.InRange(output.Length, expected.Length - 2, expected.Length + 2);
        Assert.InRange(ErrorDecibel(output, expected), double.NegativeInfinity, -40);
    }

    [Fact]
    public void Push_ToneTheLowerRateCannotCarry_IsGone()
    {
        var output = Resample(Tone(48_000, 11_000), 48_000, 16_000, piece: 4_000);

        Assert.InRange(output[200..^200].Max(sample => Math.Abs((int)sample)), 0, 100);
    }

    [Fact]
    public void Push_AnyPieces_GivesTheSameSamples()
    {
        var tone = Tone(16_000, 440);

        Assert.Equal(Resample(tone, 16_000, 24_000, tone.Length), Resample(tone, 16_000, 24_000, 2));
        Assert.Equal(Resample(tone, 16_000, 24_000, tone.Length), Resample(tone, 16_000, 24_000, 1));
        Assert.Equal(Resample(tone, 16_000, 24_000, tone.Length), Resample(tone, 16_000, 24_000, 7));
    }

    private static short[] Resample(byte[] pcm, int from, int to, int piece)
    {
        var resampler = new PcmResampler(new PcmFormat(from), new PcmFormat(to));
        return Samples([.. pcm.Chunk(piece).SelectMany(part => resampler.Push(part)), .. resampler.Flush()]);
    }

    private static byte[] Tone(int rate, double hertz)
    {
        var pcm = new byte[rate / 5 * 2];
        for (var i = 0; i < pcm.Length / 2; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(pcm.AsSpan(i * 2), (short)(10_000 * Math.Sin(2 * Math.PI * hertz * i / rate)));
        }

        return pcm;
    }

    private static short[] Samples(byte[] pcm) => [.. pcm.Chunk(2).Select(two => BinaryPrimitives.ReadInt16LittleEndian(two))];

    // The ends, where a tone begins out of nothing, ring; what counts is between them.
    private static double ErrorDecibel(short[] one, short[] other)
    {
        var (error, power) = (0.0, 0.0);
        for (var i = 100; i < Math.Min(one.Length, other.Length) - 100; i++)
        {
            error += Math.Pow(one[i] - other[i], 2);
            power += Math.Pow(other[i], 2);
        }

        return 10 * Math.Log10(error / power);
    }
}
