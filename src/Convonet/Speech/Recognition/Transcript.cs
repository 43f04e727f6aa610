namespace Convonet.Speech.Recognition;

/// <summary>What was heard of one utterance so far: each replaces the one before it.</summary>
/// <param name="Utterance">Number of the utterance in its session, from 0; <see cref="IRecognitionSession.FinishUtterance"/> ends it.</param>
/// <param name="Text">All of the utterance so far, without spaces at its ends; empty when no words were heard.</param>
/// <param name="Position">Where in the connection's audio the part ends that this was heard in.</param>
public sealed record Transcript(int Utterance, string Text, TimeSpan Position)
{
    /// <summary>The utterance's last transcript. Each finished utterance has exactly one, also when it holds no words.</summary>
    public bool IsFinal { get; init; }

    /// <summary>The engine does not expect to change these words any more, though more may follow; always true for the last one.</summary>
    public bool IsSettled { get; init; }

    /// <summary>The engine did not give its last words in time: some may be missing.</summary>
    public bool IsForced { get; init; }
}
