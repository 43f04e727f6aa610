namespace Convonet.Turns;

/// <summary>What the detector knows of one utterance, while it is spoken and until its last transcript is there.</summary>
internal sealed class Utterance(int number, TimeSpan startedAt)
{
    private bool _isLastOver;
    private int _loudFrames;
    private int _overFrames;

    internal int Number { get; } = number;

    internal TimeSpan StartedAt { get; } = startedAt;

    /// <summary>What was heard so far.</summary>
    internal string Text { get; private set; } = "";

    /// <summary>Up to where the recogniser had listened when it gave <see cref="Text"/>.</summary>
    internal TimeSpan HeardUntil { get; private set; } = startedAt;

    /// <summary>When the words changed last.</summary>
    internal TimeSpan NewWordsAt { get; private set; } = startedAt;

    /// <summary>The silence that <see cref="Text"/> asks for; null before the first words.</summary>
    internal TimeSpan? Delay { get; private set; }

    /// <summary>Whether the assistant spoke at any time of it.</summary>
    internal bool IsOverAssistant { get; private set; }

    /// <summary>Whether the assistant spoke in most of its voice, and still did in the last of it. Who only touches the assistant's end answers it.</summary>
    internal bool IsWithinAssistant => _isLastOver && _overFrames * 2 > _loudFrames;

    /// <summary>Whether it is said with the button pressed: nobody presses it to say "uh-huh".</summary>
    internal bool IsPushToTalk { get; init; }

    /// <summary>When it interrupted the assistant; null when it does not, or when that was a false alarm.</summary>
    internal TimeSpan? InterruptedAt { get; set; }

    /// <summary>No words had come in time; it interrupts again only with words.</summary>
    internal bool IsDoubted { get; set; }

    /// <summary>When it was over.</summary>
    internal TimeSpan EndedAt { get; set; }

    /// <summary>The last words that were taken for all there is to come.</summary>
    internal string? Likely { get; set; }

    /// <summary>Where its last loud frame ended, once it is over.</summary>
    internal TimeSpan LastVoiceAt { get; set; }

    internal bool HasWords => Text.Length > 0;

    /// <summary>Whether all its words are the noises of a listener.</summary>
    internal bool IsBackChannel { get; private set; }

    /// <summary>Takes note of a frame.</summary>
    internal void Push(bool isLoud, bool isAssistantSpeaking)
    {
        IsOverAssistant |= isAssistantSpeaking;
        if (isLoud)
        {
            _isLastOver = isAssistantSpeaking;
            _loudFrames++;
            _overFrames += isAssistantSpeaking ? 1 : 0;
        }
    }

    internal void Hear(string text, TimeSpan heardUntil, TimeSpan now, TurnOptions options)
    {
        HeardUntil = heardUntil;
        if (text == Text)
        {
            return;
        }

        Text = text;
        NewWordsAt = now;
        Delay = text.Length == 0 ? null : EndpointDelay.For(text, options);
        IsBackChannel = !IsPushToTalk && BackChannel.Is(text);
    }
}
