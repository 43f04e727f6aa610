namespace Convonet.Voice;

/// <summary>What is said that belongs to no turn: the greeting, and reminders.</summary>
public sealed partial class VoiceSession
{
    /// <summary>Reminders that wait to be spoken; the others are on the page.</summary>
    private const int MostApart = 8;

    private readonly Queue<string> _apart = [];
    private bool _hasGreeted;

    /// <summary>Greets a user who begins a conversation by speaking, but has not begun to. It is no turn, and part of no history.</summary>
    private void Greet()
    {
        if (_hasGreeted || !_microphone.IsOn || _microphone.IsPushToTalk || _early.Count > 0)
        {
            return;
        }

        _hasGreeted = true;
        if (IsQuiet && _following is { Conversation.IsEmpty: true } && _engines.Output?.Options.Greeting is { Length: > 0 } greeting)
        {
            SayApart(greeting);
        }
    }

    /// <summary>Whether nobody speaks, and nothing that was said is still to be written down.</summary>
    private bool IsQuiet => !_microphone.IsHearing && _speechEnded.Count == 0;

    /// <summary>Says something that belongs to no turn: within the speech that is still being written, or behind what is being spoken.</summary>
    private void SayApart(string words)
    {
        if (!_microphone.IsOpen || !_client.TakesFrames || _engines.Output is null)
        {
            return;
        }

        if (_speaker is { IsCompleted: false } speaker)
        {
            speaker.Interject(words);
        }
        else if (_apart.Count < MostApart)
        {
            _apart.Enqueue(words);
        }
    }

    /// <summary>Says the next of what waits, once the speech before it was heard: what replaces it ends it.</summary>
    private async ValueTask SayNextAsync()
    {
        if (_apart.Count == 0 || !IsQuiet || !(_speaker is null or { IsHeld: false, IsOver: true } or { IsHeld: false, IsGivenUp: true }))
        {
            return;
        }

        if (_speaker is { } last)
        {
            await last.DisposeAsync();
        }

        Speak(0, null);
        if (_speaker is { IsCompleted: false, Turn: 0 } next)
        {
            next.Interject(_apart.Dequeue());
            next.Complete();
        }
        else
        {
            // The client wants no speech any more.
            (_speaker, _clock) = (null, null);
            _apart.Clear();
        }
    }
}
