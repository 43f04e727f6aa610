namespace Convonet.Turns;

/// <summary>What the turn detector found. Times are positions in the connection's audio.</summary>
internal abstract record TurnEvent
{
    private TurnEvent()
    {
    }

    /// <summary>Somebody begins to speak. Words may follow, or not.</summary>
    /// <param name="Utterance">Its number, from 0: the one that the recogniser gives it.</param>
    /// <param name="At">When the voice began.</param>
    internal sealed record SpeechStarted(int Utterance, TimeSpan At) : TurnEvent;

    /// <summary>The user talks over the assistant and means it: speech and generation stop.</summary>
    /// <param name="Utterance">What interrupts.</param>
    /// <param name="At">When it was decided.</param>
    internal sealed record BargeIn(int Utterance, TimeSpan At) : TurnEvent;

    /// <summary>The user has probably finished, and probably said this; they may still go on, and the last transcript may say otherwise.</summary>
    /// <param name="Utterance">Its number.</param>
    /// <param name="Text">The words so far; the same words are found once.</param>
    internal sealed record Likely(int Utterance, string Text) : TurnEvent;

    /// <summary>The user has come to an end: the recogniser is asked for the utterance's last transcript.</summary>
    /// <param name="Utterance">Its number.</param>
    /// <param name="LastVoiceAt">Where the last loud frame ended.</param>
    /// <param name="At">When the end was decided.</param>
    /// <param name="Reason">Why.</param>
    internal sealed record SpeechEnded(int Utterance, TimeSpan LastVoiceAt, TimeSpan At, EndReason Reason) : TurnEvent;

    /// <summary>The user's turn is complete.</summary>
    /// <param name="Utterance">Its number.</param>
    /// <param name="Text">What was said; never empty.</param>
    /// <param name="IsSettled">False when the recogniser did not give its last transcript in time: this is the last partial one.</param>
    internal sealed record TurnEnded(int Utterance, string Text, bool IsSettled) : TurnEvent;

    /// <summary>
    /// There was no turn: what was stopped goes on. It comes once for every <see cref="BargeIn"/> that no words followed, and at the end of an
    /// utterance without words. Words that come after it are still taken: <see cref="BargeIn"/> and <see cref="TurnEnded"/> may follow.
    /// </summary>
    /// <param name="Utterance">Its number.</param>
    /// <param name="Reason">Why.</param>
    internal sealed record FalseAlarm(int Utterance, FalseAlarmReason Reason) : TurnEvent;
}

/// <summary>Why speech was taken to be over.</summary>
internal enum EndReason
{
    /// <summary>It was quiet for as long as the words asked for.</summary>
    Silence,

    /// <summary>The button was let go.</summary>
    Released,

    /// <summary>There was a voice, or a noise like one, but no new words for <see cref="TurnOptions.StuckAfter"/>.</summary>
    Stuck,

    /// <summary>It lasted for <see cref="TurnOptions.MaxSpeech"/>.</summary>
    TooLong,
}

/// <summary>Why speech is no turn.</summary>
internal enum FalseAlarmReason
{
    /// <summary>No words were heard.</summary>
    NoWords,

    /// <summary>It was only an "uh-huh" while the assistant spoke.</summary>
    BackChannel,
}
