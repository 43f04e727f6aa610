using System.Buffers.Binary;
using System.Diagnostics;

namespace Convonet.Bench;

/// <summary>Says within a frame of sound when it was sent, by the monotonic clock that all processes of a machine share.</summary>
internal static class SoundStamp
{
    private const ushort Mark = 0x7A55;
    private const long Mask = (1L << 48) - 1;

    /// <summary>Writes the time over the first four samples.</summary>
    public static void Write(Span<byte> frame)
    {
        BinaryPrimitives.WriteInt64LittleEndian(frame, (Stopwatch.GetTimestamp() << 16) | Mark);
    }

    /// <summary>How long ago it was written; false where none was.</summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, out TimeSpan age)
    {
        var stamp = BinaryPrimitives.ReadInt64LittleEndian(frame);
        age = TimeSpan.FromSeconds((double)(((Stopwatch.GetTimestamp() & Mask) - (long)((ulong)stamp >> 16)) & Mask) / Stopwatch.Frequency);
        return (stamp & 0xFFFF) == Mark;
    }
}
