namespace Convonet.Turns;

/// <summary>
/// The last frames before speech was noticed. A voice is noticed 0.08 to 0.26 s late, and the recogniser wants the beginning of the first word and
/// some silence before it.
/// </summary>
internal sealed class PreRoll
{
    /// <summary>Frames that are kept: 0.4 s.</summary>
    internal const int Frames = 20;

    private readonly byte[] _frames = new byte[Frames * VoiceActivity.FrameBytes];
    private int _next;
    private int _count;

    /// <summary>Keeps a frame; the oldest falls out.</summary>
    internal void Add(ReadOnlySpan<byte> frame)
    {
        frame.CopyTo(_frames.AsSpan(_next * VoiceActivity.FrameBytes, VoiceActivity.FrameBytes));
        _next = (_next + 1) % Frames;
        _count = Math.Min(_count + 1, Frames);
    }

    /// <summary>Takes all frames out, oldest first, as one piece.</summary>
    internal ReadOnlyMemory<byte> Take()
    {
        var taken = new byte[_count * VoiceActivity.FrameBytes];
        for (var i = 0; i < _count; i++)
        {
            var at = (_next - _count + i + Frames) % Frames;
            _frames.AsSpan(at * VoiceActivity.FrameBytes, VoiceActivity.FrameBytes).CopyTo(taken.AsSpan(i * VoiceActivity.FrameBytes));
        }

        _count = 0;
        return taken;
    }
}
