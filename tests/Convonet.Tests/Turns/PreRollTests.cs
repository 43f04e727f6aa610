using Convonet.Turns;

namespace Convonet.Tests.Turns;

public sealed class PreRollTests
{
    private readonly PreRoll _preRoll = new();

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(PreRoll.Frames)]
    [InlineData(PreRoll.Frames + 7)]
    public void Take_SomeFrames_GivesTheLastInOrder(int count)
    {
        AddAll(0, count);

        var taken = _preRoll.Take().ToArray();

        var kept = Math.Min(count, PreRoll.Frames);
        Assert.Equal(Enumerable.Range(count - kept, kept), taken.Chunk(VoiceActivity.FrameBytes).Select(frame => (int)frame[0]));
    }

    [Fact]
    public void Take_Again_GivesOnlyWhatCameSince()
    {
        AddAll(0, 30);
        _preRoll.Take();

        AddAll(30, 1);

        Assert.Equal(30, _preRoll.Take().Span[0]);
        Assert.True(_preRoll.Take().IsEmpty);
    }

    private void AddAll(int from, int count)
    {
        for (var i = from; i < from + count; i++)
        {
            var frame = new byte[VoiceActivity.FrameBytes];
            Array.Fill(frame, (byte)i);
            _preRoll.Add(frame);
        }
    }
}
