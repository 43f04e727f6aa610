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

    /// <summary>A client that shows how far its recording is has nothing to answer a question with, and would show nothing until that is over.</summary>
    private async ValueTask<bool> SendQuestionAsync(SessionEvent.ToolConfirmation question, long seq, int epoch, CancellationToken cancellationToken)
    {
        if (_answers.TellsProgress)
        {
            await SendAsync(EventJson.Encode(new SessionEvent.Status("confirming", $"'{question.ToolCall.Name}' needs a yes, in a window that asks for it. Without one it is not done.", question.Turn)), cancellationToken);
        }

        // A question is not the same for all: each client is told what is left of the time to answer.
        return await SendOwnAsync(EventJson.Encode(new LoggedEvent(seq, question.AsOf(_services.Time)), epoch), cancellationToken);
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
                SessionEvent.ToolConfirmation question => await SendQuestionAsync(question, logged.Seq, log.Epoch, cancellationToken),
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
