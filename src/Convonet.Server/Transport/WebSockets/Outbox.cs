using System.Diagnostics.CodeAnalysis;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>Frames that wait for one client: bounded in number and in bytes. Safe for several threads.</summary>
internal sealed class Outbox
{
    /// <summary>The most frames that wait.</summary>
    public const int Capacity = 64;

    /// <summary>The most bytes that wait; a single frame may be larger when nothing else waits.</summary>
    public const int MostBytes = 32 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<byte[]> _frames = new();
    private int _bytes;

    /// <summary>Whether less than half of its room is taken.</summary>
    public bool IsHalfEmpty
    {
        get
        {
            lock (_lock)
            {
                return _frames.Count < Capacity / 2 && _bytes < MostBytes / 2;
            }
        }
    }

    /// <summary>Adds a frame; false when there is no room.</summary>
    public bool TryAdd(byte[] frame)
    {
        lock (_lock)
        {
            if (_frames.Count >= Capacity || (_frames.Count > 0 && _bytes + frame.Length > MostBytes))
            {
                return false;
            }

            _frames.Enqueue(frame);
            _bytes += frame.Length;
            return true;
        }
    }

    /// <summary>Takes the oldest frame; false when there is none.</summary>
    public bool TryTake([NotNullWhen(true)] out byte[]? frame)
    {
        lock (_lock)
        {
            var isTaken = _frames.TryDequeue(out frame);
            _bytes -= frame?.Length ?? 0;
            return isTaken;
        }
    }
}
