using Convonet.Conversations;
using Convonet.Models;
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

    /// <summary>Keeps what is heard and spoken for whom; null where nobody asks.</summary>
    public IUsageLog? Usage { get; init; }

    /// <summary>The engines that speak, counting for somebody; null when there are none.</summary>
    /// <param name="conversation">Where it is spoken.</param>
    /// <param name="turn">What is spoken; 0 for words that belong to no turn.</param>
    public SpeechEngines? OutputFor(IConversation? conversation, int turn)
    {
        if (Output is null || Usage is null || conversation is null)
        {
            return Output;
        }

        return Output with { Spoke = (engine, characters) => Note(conversation, turn > 0 ? turn : null, tally => tally.AddSpeaking(engine, characters)) };
    }

    /// <summary>Keeps what was heard or spoken, and tells the clients of the turn that it was for.</summary>
    internal void Note(IConversation conversation, int? turn, Action<UsageTally> add)
    {
        IReadOnlyList<Used> used = [];
        Usage?.Note(new UsageOwner(conversation.User, conversation.Id, turn), tally =>
        {
            var own = new UsageTally(tally.Prices);
            add(own);
            used = own.Take();
            foreach (var one in used)
            {
                tally.Take(one);
            }
        });
        if (turn is { } number && used.Count > 0)
        {
            conversation.NoteUsed(number, used);
        }
    }

    /// <summary>Writes down recorded clips; null when nothing does here.</summary>
    public ClipTranscriber? Clips { get; init; }
}
