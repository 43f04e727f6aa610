using Convonet.Speech.Recognition;

namespace Convonet.Tests.Speech.Recognition;

public sealed class RecognitionLimitsTests
{
    [Theory]
    [InlineData(0, "Audio without a sample.")]
    [InlineData(641, "Samples have two bytes each; 641 bytes end inside one.")]
    [InlineData(32_002, "A piece of audio has at most 32000 bytes, which is one second; this one has 32002.")]
    public void Check_BadAudio_SaysWhatIsWrong(int bytes, string message)
    {
        var error = Assert.Throws<RecognitionException>(() => RecognitionLimits.Check(new byte[bytes]));

        Assert.Equal((RecognitionErrorKind.BadAudio, message), (error.Kind, error.Message));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(640)]
    [InlineData(RecognitionLimits.MaxPieceBytes)]
    public void Check_WholeSamples_AreTaken(int bytes) => RecognitionLimits.Check(new byte[bytes]);
}
