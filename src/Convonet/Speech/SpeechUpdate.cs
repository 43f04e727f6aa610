using Convonet.Audio;

namespace Convonet.Speech;

/// <summary>One thing that comes out of a <see cref="SpeechPipeline"/>, in the order of the text.</summary>
internal abstract record SpeechUpdate
{
    private SpeechUpdate()
    {
    }

    /// <summary>A piece begins: its frames follow.</summary>
    /// <param name="Sentence">Which one, from 0.</param>
    /// <param name="Start">Where it begins in the shown text.</param>
    /// <param name="End">Where it ends there; the same for words that are not part of it.</param>
    public sealed record Begins(int Sentence, int Start, int End) : SpeechUpdate;

    /// <summary>A frame to send now.</summary>
    public sealed record Frame(AudioFrame Audio) : SpeechUpdate;

    /// <summary>A piece was not spoken, or not to its end. The speech goes on with the next.</summary>
    /// <param name="Sentence">Which one.</param>
    /// <param name="Start">Where it begins in the shown text.</param>
    /// <param name="End">Where it ends there.</param>
    /// <param name="Kind">Why.</param>
    public sealed record SentenceFailed(int Sentence, int Start, int End, SpeechErrorKind Kind) : SpeechUpdate;
}
