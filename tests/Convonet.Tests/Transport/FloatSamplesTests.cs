using System.Runtime.InteropServices;
using Convonet.Server.Transport;
using Convonet.Tests.Turns;

namespace Convonet.Tests.Transport;

/// <summary>Floating-point numbers are known; nothing that can be heard is taken for them.</summary>
public sealed class FloatSamplesTests
{
    private readonly FloatSamples _samples = new();
    private readonly Random _random = new(1);

    [Theory]
    [InlineData(1f)]
    [InlineData(0.05f)]
    [InlineData(0.0005f)]
    public void Are_Numbers_Are(float loudest) => Assert.True(_samples.Are(Floats(320, _ => loudest * ((2 * _random.NextSingle()) - 1))));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Are_WhatIsNoNumber_Are(float value) => Assert.True(_samples.Are(Floats(320, _ => value)));

    /// <summary>Half a frame says too little; with the next it is known.</summary>
    [Fact]
    public void Are_InSmallMessages_AreKnownAfterAFew()
    {
        var message = Floats(80, i => MathF.Sin(i + 1));

        Assert.Equal([false, true, true, true], Enumerable.Range(0, 4).Select(_ => _samples.Are(message)));
    }

    [Fact]
    public void Are_SoundAgainAfterNumbers_AreNot()
    {
        Assert.True(_samples.Are(Floats(320, i => MathF.Sin(i + 1))));

        Assert.False(_samples.Are(new TestAudio().Voice()));
    }

    /// <summary>Speech, noise, tones and clipping at every loudness, silence and a constant.</summary>
    [Fact]
    public void Are_AnySound_AreNot()
    {
        for (var decibels = -80; decibels <= 0; decibels++)
        {
            var audio = new TestAudio(decibels + 100);
            var amplitude = 32767 * Math.Pow(10, decibels / 20.0);
            Func<int, double>[] sounds =
            [
                i => amplitude * Math.Sin(i * 0.05), i => amplitude * Math.Sin(i * Math.PI / 2), i => i % 40 < 20 ? amplitude : -amplitude, i => i % 4 < 2 ? amplitude : -amplitude,
                _ => amplitude * ((2 * _random.NextDouble()) - 1), i => Math.Clamp(8 * amplitude * Math.Sin(i * 0.05), -amplitude, amplitude),
            ];
            for (var frame = 0; frame < 5; frame++)
            {
                Assert.False(_samples.Are(audio.Voice(decibels)) || _samples.Are(audio.Noise(decibels)), $"{decibels} dB");
                Assert.All(sounds.Index(), sound => Assert.False(_samples.Are(Pcm(sound.Item)), $"Sound {sound.Index} at {decibels} dB"));
            }
        }

        Assert.False(_samples.Are(TestAudio.Silence()));
    }

    private static byte[] Floats(int count, Func<int, float> next) => MemoryMarshal.AsBytes<float>(Enumerable.Range(0, count).Select(next).ToArray()).ToArray();

    private static byte[] Pcm(Func<int, double> next) => MemoryMarshal.AsBytes<short>(Enumerable.Range(0, 320).Select(i => (short)next(i)).ToArray()).ToArray();
}
