using Convonet.Speech;

namespace Convonet.Tests.Speech;

public sealed class AudioCacheTests
{
    private readonly AudioCache _cache = new(10_000);

    [Fact]
    public void Pin_AText_IsKeptWhateverComesAfterIt()
    {
        var cache = new AudioCache(8_000);
        cache.Pin("One moment, please.");
        var pinned = new AudioKey("one", "test", "", 16_000, "One moment, please.");
        cache.Add(pinned, new byte[4_000]);

        for (var i = 0; i < 20; i++)
        {
            cache.Add(pinned with { Text = $"Text {i}" }, new byte[500]);
        }

        Assert.True(cache.TryGet(pinned, out var pcm));
        Assert.Equal(4_000, pcm.Length);
    }

    [Fact]
    public void TryGet_SameKey_IsTheAudio()
    {
        _cache.Add(Key("a"), new byte[] { 1, 2 });

        Assert.True(_cache.TryGet(Key("a"), out var pcm));
        Assert.Equal(new byte[] { 1, 2 }, pcm.ToArray());
        Assert.False(_cache.TryGet(Key("A"), out _));
        Assert.False(_cache.TryGet(Key("a") with { Voice = "other" }, out _));
        Assert.False(_cache.TryGet(Key("a") with { Engine = "other" }, out _));
        Assert.False(_cache.TryGet(Key("a") with { Settings = "other" }, out _));
        Assert.False(_cache.TryGet(Key("a") with { SampleRate = 8_000 }, out _));
    }

    [Fact]
    public void Add_BeyondTheBound_ForgetsTheLongestUnused()
    {
        for (var i = 0; i < 8; i++)
        {
            _cache.Add(Key($"{i}"), new byte[1_000]);
        }

        Assert.True(_cache.TryGet(Key("0"), out _));
        _cache.Add(Key("new"), new byte[1_000]);

        Assert.True(_cache.TryGet(Key("0"), out _));
        Assert.True(_cache.TryGet(Key("new"), out _));
        Assert.False(_cache.TryGet(Key("1"), out _));
        Assert.InRange(_cache.Size, 1, 10_000);
    }

    [Fact]
    public void Add_SameKeyAgain_CountsOnce()
    {
        _cache.Add(Key("a"), new byte[500]);
        var size = _cache.Size;
        _cache.Add(Key("a"), new byte[500]);

        Assert.Equal(size, _cache.Size);
    }

    [Fact]
    public void Add_LargerThanItsShare_IsNotKept()
    {
        _cache.Add(Key("a"), new byte[2_000]);

        Assert.Equal(0, _cache.Size);
    }

    [Fact]
    public void Size_ManyThreads_StaysWithinTheBound()
    {
        Parallel.For(0, 2_000, i =>
        {
            _cache.Add(Key($"{i % 50}"), new byte[i % 900]);
            _cache.TryGet(Key($"{i % 31}"), out _);
        });

        Assert.InRange(_cache.Size, 1, 10_000);
    }

    private static AudioKey Key(string text) => new("flite", "rms", "", 16_000, text);
}
