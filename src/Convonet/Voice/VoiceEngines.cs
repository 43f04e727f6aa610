using Convonet.Conversations;
using Convonet.Speech;
using Convonet.Speech.Recognition;
using Convonet.Speech.Recognition.Clips;
using Convonet.Turns;

namespace Convonet.Voice;

/// <summary>What all voice sessions hear and speak with.</summary>
/// <param name="Input">Writes down what is said; null when there is none here.</param>
/// <param name="Output">Speaks; null when there is none here, and answers are text only.</param>
/// <param name="Turns">When turns begin and end.</param>
/// <param name="View">What clients are told of it.</param>
public sealed record VoiceEngines(ISpeechToText? Input, SpeechEngines? Output, TurnOptions Turns, SpeechView View)
{
    /// <summary>The longest text of a recording, in characters, as of a typed message.</summary>
    /// <value>Default: 8,000.</value>
    public int MaxTextLength { get; init; } = 8_000;

    /// <summary>Writes down recorded clips; null when nothing does here.</summary>
    public ClipTranscriber? Clips { get; init; }
}
