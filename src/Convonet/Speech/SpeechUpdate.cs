using Convonet.Audio;

namespace Convonet.Speech;

/// <summary>One thing that comes out of a <see cref="SpeechPipeline"/>, in the order of the text.</summary>
internal abstract record SpeechUpdate
{
    private SpeechUpdate()
    {
    }

    /// <summary>A frame to send now.</summary>
    public sealed record Frame(AudioFrame Audio) : SpeechUpdate
    {
        /// <summary>Where its piece begins in the shown text.</summary>
        public int Start { get; init; }

        /// <summary>Where its piece ends there; the same as <see cref="Start"/> for words that are not part of it.</summary>
        public int End { get; init; }
    }

    /// <summary>A piece was spoken to its end.</summary>
    public sealed record SentenceEnded(int Sentence) : SpeechUpdate;

    /// <summary>A piece was not spoken, or not to its end. The speech goes on with the next.</summary>
    /// <param name="Sentence">Which one.</param>
    /// <param name="Start">Where it begins in the shown text.</param>
    /// <param name="End">Where it ends there.</param>
    /// <param name="Kind">Why.</param>
    public sealed record SentenceFailed(int Sentence, int Start, int End, SpeechErrorKind Kind) : SpeechUpdate;
}
