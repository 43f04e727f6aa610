using Convonet.Tests.Turns;
using Convonet.Turns;

namespace Convonet.Bench;

/// <summary>Frames of a voice, of a quiet room, and of silence.</summary>
internal static class Sounds
{
    /// <summary>Silence that ends what was said.</summary>
    public const int EndOfSpeechFrames = 36;

    private const double RoomDbfs = -55;

    private static readonly TestAudio Audio = new();
    private static readonly byte[][] Rooms = [.. Enumerable.Range(0, 50).Select(_ => Audio.Noise(RoomDbfs))];
    private static readonly byte[] Spoken = Audio.Voice();

    /// <summary>A frame of silence.</summary>
    public static ReadOnlyMemory<byte> Silence { get; } = TestAudio.Silence();

    /// <summary>A frame of a voice.</summary>
    public static ReadOnlyMemory<byte> Voice => Spoken;

    /// <summary>A frame of a quiet room.</summary>
    public static ReadOnlyMemory<byte> Room(int number) => Rooms[number % Rooms.Length];

    /// <summary>A frame of a voice that says when it was sent: now.</summary>
    public static byte[] StampedVoice()
    {
        var frame = new byte[VoiceActivity.FrameBytes];
        Spoken.CopyTo(frame, 0);
        SoundStamp.Write(frame);
        return frame;
    }
}
