using Convonet.Audio;

namespace Convonet.Tests.Audio;

public sealed class WavFileTests
{
    [Fact]
    public void Create_Samples_HasTheRightLengthsAndRate()
    {
        var file = WavFile.Create(PcmFormat.Wideband, [1, 2, 3, 4, 5, 6]);

        Assert.Equal("524946462A00000057415645666D742010000000" + "01000100803E0000007D000002001000" + "6461746106000000" + "010203040506", Convert.ToHexString(file));
        Assert.True(WavFile.TryReadHeader(file, out var rate));
        Assert.Equal(16_000, rate);
    }

    [Fact]
    public void TryReadHeader_PlainSamples_IsFalse()
    {
        Assert.False(WavFile.TryReadHeader(new byte[100], out _));
        Assert.False(WavFile.TryReadHeader("RIFF"u8, out _));
    }

    [Theory]
    [InlineData(7_999)]
    [InlineData(48_001)]
    public void PcmFormat_RateOutOfRange_IsRefused(int rate) => Assert.Throws<ArgumentOutOfRangeException>(() => new PcmFormat(rate));

    [Fact]
    public void PcmFormat_SamplesAndTime_AgreeBothWays()
    {
        var format = new PcmFormat(22_050);

        Assert.Equal(882, format.SamplesIn(TimeSpan.FromMilliseconds(40)));
        Assert.Equal(TimeSpan.FromMilliseconds(40), format.DurationOf(882));
        Assert.Equal(44_100, format.BytesPerSecond);
    }
}
