namespace Convonet.Voice;

/// <summary>How a client wants to be spoken to.</summary>
public enum SpeechForm
{
    /// <summary>Spoken turns are spoken frame by frame, while they are written.</summary>
    Frames,

    /// <summary>The speech of an answer comes with the end of the answer, as one recording.</summary>
    Whole,

    /// <summary>Nothing is spoken.</summary>
    None,
}
