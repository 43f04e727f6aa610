using Convonet.Audio;

namespace Convonet.Tests.Audio;

public sealed class AudioFrameTests
{
    /// <summary>The example of docs/protocol.md, byte for byte.</summary>
    private static readonly byte[] Sample = Convert.FromHexString("01011400C05D0000030000000200000080BB0000" + "0100FFFF");

    [Fact]
    public void Write_Frame_IsTheDocumentedBytes()
    {
        var frame = new AudioFrame(3, 2, 48_000, PcmFormat.Speech, new byte[] { 1, 0, 255, 255 });
        var bytes = new byte[frame.WireLength];

        frame.Write(bytes);

        Assert.Equal(Sample, bytes);
        Assert.Throws<ArgumentException>(() => frame.Write(new byte[frame.WireLength - 1]));
    }

    [Fact]
    public void TryRead_DocumentedBytes_IsTheFrame()
    {
        Assert.True(AudioFrame.TryRead(Sample, out var frame));
        Assert.Equal((3, 2, 48_000L, PcmFormat.Speech), (frame.Turn, frame.Sentence, frame.Sample, frame.Format));
        Assert.Equal(new byte[] { 1, 0, 255, 255 }, frame.Pcm.ToArray());
    }

    [Fact]
    public void TryRead_LongerHeader_SkipsWhatItDoesNotKnow()
    {
        byte[] longer = [.. Sample[..20], 9, 9, 9, 9, .. Sample[20..]];
        longer[2] = 24;

        Assert.True(AudioFrame.TryRead(longer, out var frame));
        Assert.Equal(new byte[] { 1, 0, 255, 255 }, frame.Pcm.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("01011400C05D00000300000002000000")]
    [InlineData("02011400C05D0000030000000200000080BB00000100")]
    [InlineData("01021400C05D0000030000000200000080BB00000100")]
    [InlineData("01010400C05D0000030000000200000080BB00000100")]
    [InlineData("0101FFFFC05D0000030000000200000080BB00000100")]
    [InlineData("0101140000000000030000000200000080BB00000100")]
    [InlineData("01011400C05D0000FFFFFFFF0200000080BB00000100")]
    [InlineData("01011400C05D0000030000000200000080BB000001")]
    public void TryRead_AnythingElse_IsNone(string hex) => Assert.False(AudioFrame.TryRead(Convert.FromHexString(hex), out _));
}
