using System.Buffers.Binary;

namespace Convonet.Audio;

/// <summary>A few milliseconds of a turn's speech, and its form on the wire (<c>docs/protocol.md</c>, "Audio frames").</summary>
/// <param name="Turn">The turn that speaks.</param>
/// <param name="Sentence">The piece of the turn's text that is spoken, from 0.</param>
/// <param name="Sample">How many samples of the turn come before this frame.</param>
/// <param name="Format">The rate; the same in all frames of a turn.</param>
/// <param name="Pcm">The samples, PCM16 mono, little endian; never changed after the frame was made.</param>
public readonly record struct AudioFrame(int Turn, int Sentence, long Sample, PcmFormat Format, ReadOnlyMemory<byte> Pcm)
{
    /// <summary>Length of the header in bytes.</summary>
    public const int HeaderLength = 20;

    private const byte Version = 1;
    private const byte Pcm16Mono = 1;

    /// <summary>Length of the frame on the wire in bytes.</summary>
    public int WireLength => HeaderLength + Pcm.Length;

    /// <summary>Writes header and samples.</summary>
    /// <param name="destination">At least <see cref="WireLength"/> bytes.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public void Write(Span<byte> destination)
    {
        if (destination.Length < WireLength)
        {
            throw new ArgumentException("Too short for the frame.", nameof(destination));
        }

        destination[0] = Version;
        destination[1] = Pcm16Mono;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[2..], HeaderLength);
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], Format.SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], Turn);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], Sentence);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], checked((uint)Sample));
        Pcm.Span.CopyTo(destination[HeaderLength..]);
    }

    /// <summary>Reads a frame from the wire; false when it is none of ours.</summary>
    /// <param name="message">The whole message. The frame's samples are a part of it, not a copy.</param>
    /// <param name="frame">The frame.</param>
    public static bool TryRead(ReadOnlyMemory<byte> message, out AudioFrame frame)
    {
        frame = default;
        var bytes = message.Span;
        if (bytes.Length < HeaderLength || bytes[0] != Version || bytes[1] != Pcm16Mono)
        {
            return false;
        }

        // A later header may be longer; what is behind the fields known here is skipped.
        var header = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
        var rate = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        var turn = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        var sentence = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        var isFrame = header >= HeaderLength && header <= bytes.Length && (bytes.Length - header) % PcmFormat.BytesPerSample == 0
            && rate is >= 8_000 and <= 48_000 && turn >= 0 && sentence >= 0;
        if (isFrame)
        {
            frame = new AudioFrame(turn, sentence, BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]), new PcmFormat(rate), message[header..]);
        }

        return isFrame;
    }
}
