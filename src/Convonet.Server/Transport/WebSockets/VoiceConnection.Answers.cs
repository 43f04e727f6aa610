using Convonet.Conversations;
using Convonet.Voice;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>What the conversation tells, and the speech that this client wants with it.</summary>
internal sealed partial class VoiceConnection
{
    bool IVoiceClient.TakesFrames => _answers.Form == SpeechForm.Frames;

    void IVoiceClient.Begins(string clientMsgId)
    {
        _answers.Expect(clientMsgId);
        if (_answers.TellsProgress)
        {
            Send(new SessionEvent.Status("processing", "Processing your request..."));
        }
    }

    void IVoiceClient.Ends(string clientMsgId) => _answers.Forget(clientMsgId);

    private void SetSpeech(ClientFrame.SetSpeech set)
    {
        if (set.Form != SpeechForm.None && _services.Voice.Output is null)
        {
            Send(new SessionEvent.Refused("speech_unavailable", _services.Voice.View.Message ?? "Answers are not spoken here."));
            return;
        }

        _answers.Form = set.Form;
        Send(new SessionEvent.Status("speech", set.Form switch
        {
            SpeechForm.Whole => "Answers come with their speech from now on.",
            SpeechForm.None => "Answers are not spoken from now on.",
            _ => "Spoken questions are answered aloud from now on.",
        }));
    }

    /// <summary>Sends the event after the cursor, or a snapshot where the log has forgotten it.</summary>
    /// <returns>The number of the last event that the client knows now; null when it knows all, or the next waits for its speech.</returns>
    private async ValueTask<long?> SendNextAsync(IConversation conversation, long cursor, CancellationToken cancellationToken)
    {
        if (await NextAsync(conversation.Events, cursor) is { } next)
        {
            await SendAsync(next.Before, cancellationToken);
            var isSent = next.IsOwn ? await SendOwnAsync(next.Frame, cancellationToken) : await SendAsync(next.Frame, cancellationToken);
            return isSent && !next.Frame.IsEmpty ? next.Seq : null;
        }

        if (conversation.Events.Reaches(cursor))
        {
            return null;
        }

        await _answers.StartOverAsync();
        return await SendSnapshotAsync(conversation, cancellationToken);
    }

    /// <summary>The event after the cursor, as it goes to this client; null when the log has none. Apart from the sending: a client that takes nothing must not hold the event, which the log may forget, beside its frame.</summary>
    private async ValueTask<NextFrame?> NextAsync(EventLog log, long cursor)
    {
        if (!log.TryReadAfter(cursor, out var logged))
        {
            return null;
        }

        var passed = await _answers.PassAsync(logged.Event, IsFollowed(log, logged.Seq));
        var before = passed.Before is null ? default : EventJson.Encode(passed.Before);
        return passed.Event switch
        {
            null => new(logged.Seq, before, default, false),
            { } spoken when !ReferenceEquals(spoken, logged.Event) => new(logged.Seq, before, EventJson.Encode(new LoggedEvent(logged.Seq, spoken), log.Epoch), true),
            SessionEvent.ToolConfirmation question => new(logged.Seq, Confirming(question), EventJson.Encode(new LoggedEvent(logged.Seq, question.AsOf(_services.Time)), log.Epoch), true),
            _ => new(logged.Seq, before, logged.EncodedBy(EventJson.Encode, log.Epoch), false),
        };
    }

    /// <summary>Whether the conversation has gone on behind an event. That its speech is being made is no news that it would have to go without it for.</summary>
    private static bool IsFollowed(EventLog log, long seq)
    {
        while (log.TryReadAfter(seq, out var next) && next.Event is SessionEvent.TurnUsage)
        {
            seq = next.Seq;
        }

        return log.Head > seq;
    }

    /// <summary>
    /// A question is not the same for all: each client is told what is left of the time to answer. A client that shows how far its recording is has nothing to answer a question with, and would show
    /// nothing until that is over.
    /// </summary>
    private byte[]? Confirming(SessionEvent.ToolConfirmation question) => !_answers.TellsProgress ? null
        : EventJson.Encode(new SessionEvent.Status("confirming", $"'{question.ToolCall.Name}' needs a yes, in a window that asks for it. Without one it is not done.", question.Turn));

    /// <summary>What is sent for one event.</summary>
    /// <param name="Seq">Its number.</param>
    /// <param name="Before">Goes before it.</param>
    /// <param name="Frame">Its frame; empty while it has to wait.</param>
    /// <param name="IsOwn">Whether the frame is this client's own.</param>
    private readonly record struct NextFrame(long Seq, ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> Frame, bool IsOwn);
}
