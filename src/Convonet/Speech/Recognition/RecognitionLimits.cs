namespace Convonet.Speech.Recognition;

/// <summary>Bounds that hold for every engine.</summary>
public static class RecognitionLimits
{
    /// <summary>Samples of a second, in Hz.</summary>
    public const int SampleRate = 16_000;

    /// <summary>Bytes of a second: PCM16, mono.</summary>
    public const int BytesPerSecond = SampleRate * sizeof(short);

    /// <summary>The longest piece of audio: one second.</summary>
    public const int MaxPieceBytes = BytesPerSecond;

    /// <summary>How much audio an engine that is behind, or away, keeps for later.</summary>
    public static readonly TimeSpan MaxBacklog = TimeSpan.FromSeconds(30);

    /// <summary>The longest utterance. What is said after that is not heard, until the utterance is finished.</summary>
    public static readonly TimeSpan MaxUtterance = TimeSpan.FromSeconds(60);

    internal static readonly int MaxBacklogBytes = BytesOf(MaxBacklog);
    internal static readonly int MaxUtteranceBytes = BytesOf(MaxUtterance);

    /// <summary>Checks a piece of audio.</summary>
    /// <exception cref="RecognitionException">It is empty, too long, or ends inside a sample.</exception>
    internal static void Check(ReadOnlySpan<byte> audio)
    {
        var wrong = audio.Length switch
        {
            0 => "Audio without a sample.",
            > MaxPieceBytes => $"A piece of audio has at most {MaxPieceBytes} bytes, which is one second; this one has {audio.Length}.",
            _ when audio.Length % sizeof(short) != 0 => $"Samples have two bytes each; {audio.Length} bytes end inside one.",
            _ => null,
        };
        if (wrong is not null)
        {
            throw new RecognitionException(RecognitionErrorKind.BadAudio, wrong);
        }
    }

    internal static TimeSpan DurationOf(long bytes) => TimeSpan.FromTicks(bytes * TimeSpan.TicksPerSecond / BytesPerSecond);

    private static int BytesOf(TimeSpan duration) => (int)(duration.TotalSeconds * BytesPerSecond);
}
