using System.Buffers.Binary;
using Convonet.Turns;

namespace Convonet.Tests.Turns;

/// <summary>Frames of made-up audio: the same for the same seed.</summary>
internal sealed class TestAudio(int seed = 1)
{
    private readonly Random _random = new(seed);
    private double _phase;
    private double _pink;

    /// <summary>A frame of a voice-like sound: a buzz of 150 Hz with its overtones, which swells and fades within the frame, so that it does not end in a click.</summary>
    internal byte[] Voice(double dbfs = -20)
    {
        var sample = 0;
        return Frame(() =>
        {
            _phase += 2 * Math.PI * 150 / VoiceActivity.SampleRate;
            return Math.Sin(Math.PI * sample++ / VoiceActivity.FrameSamples) * Enumerable.Range(1, 12).Sum(overtone => Math.Sin(_phase * overtone) / overtone);
        }, dbfs);
    }

    /// <summary>A frame of noise that falls towards high frequencies, like a room.</summary>
    internal byte[] Noise(double dbfs) => Frame(NextNoise, dbfs);

    internal static byte[] Silence() => new byte[VoiceActivity.FrameBytes];

    /// <summary>Adds room noise to recorded samples.</summary>
    internal void AddNoise(Span<short> samples, double dbfs)
    {
        foreach (ref var sample in samples)
        {
            sample = (short)Math.Clamp(sample + (NextNoise() * Scale(dbfs)), short.MinValue, short.MaxValue);
        }
    }

    private static double Scale(double dbfs) => 32768 * Math.Pow(10, dbfs / 20);

    private static byte[] Frame(Func<double> next, double dbfs)
    {
        var frame = new byte[VoiceActivity.FrameBytes];
        for (var i = 0; i < VoiceActivity.FrameSamples; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(frame.AsSpan(i * 2), (short)Math.Clamp(next() * Scale(dbfs), short.MinValue, short.MaxValue));
        }

        return frame;
    }

    /// <summary>Noise of power 1: white noise through a one-pole low-pass.</summary>
    private double NextNoise()
    {
        var white = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
        _pink = (0.8 * _pink) + (0.6 * white);
        return _pink;
    }
}
