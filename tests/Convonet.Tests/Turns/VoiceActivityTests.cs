using Convonet.Turns;

namespace Convonet.Tests.Turns;

public sealed class VoiceActivityTests
{
    private readonly TestAudio _audio = new();
    private readonly VoiceActivity _voice = new();

    [Fact]
    public void Push_FourLoudFrames_Start()
    {
        PushAll(50, () => _audio.Noise(-60));

        var changes = Enumerable.Range(0, 4).Select(_ => _voice.Push(_audio.Voice())).ToArray();

        Assert.Equal([VoiceChange.None, VoiceChange.None, VoiceChange.None, VoiceChange.Started], changes);
        Assert.Equal(TimeSpan.FromMilliseconds(80), _voice.Voiced);
    }

    [Fact]
    public void Push_AClickOfThreeFrames_IsNoSpeech()
    {
        PushAll(50, () => _audio.Noise(-60));

        PushAll(3, () => _audio.Voice());
        PushAll(50, () => _audio.Noise(-60));

        Assert.False(_voice.IsSpeech);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(700)]
    [InlineData(2500)]
    public void Push_SilenceOfTheHangover_EndsExactlyThen(int hangoverMs)
    {
        _voice.Hangover = TimeSpan.FromMilliseconds(hangoverMs);
        PushAll(30, () => _audio.Voice());

        var frames = 1;
        while (_voice.Push(TestAudio.Silence()) != VoiceChange.Ended)
        {
            Assert.True(_voice.IsSpeech);
            frames++;
        }

        Assert.Equal(hangoverMs / 20, frames);
    }

    [Fact]
    public void Push_PauseShorterThanTheHangover_IsOneSpeech()
    {
        PushAll(30, () => _audio.Voice());
        var changes = Enumerable.Range(0, 34).Select(_ => _voice.Push(TestAudio.Silence())).Concat(Enumerable.Range(0, 30).Select(_ => _voice.Push(_audio.Voice())));

        Assert.All(changes, change => Assert.Equal(VoiceChange.None, change));
    }

    [Theory]
    [InlineData(-55)]
    [InlineData(-38)]
    public void Push_AMicrophoneThatOpensInARoom_IsNoSpeech(double noiseDb)
    {
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(VoiceChange.None, _voice.Push(_audio.Noise(noiseDb)));
        }
    }

    [Fact]
    public void Push_StepInASteadyNoise_IsLearntInTwoSeconds()
    {
        PushAll(100, () => _audio.Noise(-60));

        PushAll(150, () => _audio.Noise(-40));

        Assert.False(_voice.IsSpeech);
        Assert.InRange(_voice.FloorDb, -48, -35);
    }

    [Fact]
    public void Push_WhileTheAssistantPlays_AnEchoIsNoSpeechAndAVoiceIs()
    {
        _voice.FloorRaiseDb = 9;
        PushAll(100, () => _audio.Noise(-60));

        PushAll(50, () => _audio.Voice(-42));
        var heardEcho = _voice.IsSpeech;
        PushAll(50, () => _audio.Voice(-20));

        Assert.False(heardEcho);
        Assert.True(_voice.IsSpeech);
    }

    [Fact]
    public void Push_WithoutARaise_TheSameEchoIsSpeech()
    {
        PushAll(100, () => _audio.Noise(-60));

        PushAll(50, () => _audio.Voice(-42));

        Assert.True(_voice.IsSpeech);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(639)]
    [InlineData(1280)]
    public void Push_AnotherLength_IsRefused(int bytes) => Assert.Throws<ArgumentException>(() => _voice.Push(new byte[bytes]));

    [Fact]
    public void Push_AThousandFrames_AllocateNothing()
    {
        byte[][] frames = [_audio.Voice(), _audio.Noise(-50), TestAudio.Silence()];
        PushAll(10, () => frames[0]);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            _voice.Push(frames[i / 40 % 3]);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void PushAll(int count, Func<byte[]> frame)
    {
        for (var i = 0; i < count; i++)
        {
            _voice.Push(frame());
        }
    }
}
