namespace Convonet.Speech.Recognition.Clips;

/// <summary>Tells kinds of sound files by how they begin; what a client says of its file may be wrong.</summary>
internal static class ClipKind
{
    private const int BoxOffset = 4;

    /// <summary>The ending of the names of such files; null when it is none that is known.</summary>
    internal static string? ExtensionOf(ReadOnlySpan<byte> clip) =>
        WavClip.Is(clip) ? "wav"
        : clip.StartsWith("\x1A\x45"u8) && clip.Length > 3 && clip[2] == 0xDF && clip[3] == 0xA3 ? "webm"
        : clip.StartsWith("OggS"u8) ? "ogg"
        : clip.StartsWith("fLaC"u8) ? "flac"
        : clip.Length > BoxOffset && clip[BoxOffset..].StartsWith("ftyp"u8) ? "m4a"
        : clip.StartsWith("ID3"u8) || (clip.Length > 1 && clip[0] == 0xFF && (clip[1] & 0xE0) == 0xE0) ? "mp3"
        : null;
}
