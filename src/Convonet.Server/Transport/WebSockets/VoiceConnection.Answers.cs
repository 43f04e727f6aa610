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
        if (_tellsProgress)
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
        var log = conversation.Events;
        if (log.TryReadAfter(cursor, out var logged))
        {
            var passed = await _answers.PassAsync(logged.Event, isFollowed: log.Head > logged.Seq);
            if (passed.Before is { } before)
            {
                await SendAsync(EventJson.Encode(before), cancellationToken);
            }

            var isSent = passed.Event switch
            {
                null => false,
                { } spoken when !ReferenceEquals(spoken, logged.Event) => await SendOwnAsync(EventJson.Encode(new LoggedEvent(logged.Seq, spoken), log.Epoch), cancellationToken),

                // A question is not the same for all: each client is told what is left of the time to answer.
                SessionEvent.ToolConfirmation question => await SendOwnAsync(EventJson.Encode(new LoggedEvent(logged.Seq, question.AsOf(_services.Time)), log.Epoch), cancellationToken),
                _ => await SendAsync(logged.EncodedBy(EventJson.Encode, log.Epoch), cancellationToken),
            };
            return isSent ? logged.Seq : null;
        }

        if (log.Reaches(cursor))
        {
            return null;
        }

        await _answers.StartOverAsync();
        return await SendSnapshotAsync(conversation, cancellationToken);
    }
}
