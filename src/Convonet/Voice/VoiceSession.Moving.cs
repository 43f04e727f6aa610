using System.Threading.Channels;
using Convonet.Conversations;

namespace Convonet.Voice;

/// <summary>Which conversation it is that is spoken in, and where that goes on.</summary>
public sealed partial class VoiceSession
{
    /// <summary>How long the new owner may take to say how the answer stands.</summary>
    private static readonly TimeSpan StateLimit = TimeSpan.FromSeconds(5);

    /// <summary>A turn that was interrupted while nobody owned it, and what was heard of it.</summary>
    private (int Turn, int Heard)? _cut;

    private async ValueTask FollowAsync(IConversation conversation)
    {
        if (ReferenceEquals(conversation, _following?.Conversation))
        {
            return;
        }

        var isSame = conversation.Id == _following?.Conversation.Id;
        if (!isSame)
        {
            Guess(null);
            await InterruptAsync(ByClient);
            _cut = null;
        }

        _following?.Dispose();
        _following = new Following(conversation, conversation.Events.Head, conversation.Follow(PostNews));
        if (isSame)
        {
            await GoOnElsewhereAsync(_following);
        }

        if (Interlocked.Exchange(ref _unsent, null) is { } unsent && isSame)
        {
            await SubmitAsync(unsent.Said, unsent.Id);
        }
    }

    /// <summary>It goes on at another owner: nobody asked for the end of its turn, so that is spoken on.</summary>
    private async ValueTask GoOnElsewhereAsync(Following following)
    {
        try
        {
            if (_cut is var (turn, heard))
            {
                await following.Conversation.InterruptAsync(turn, heard, _stop.Token).AsTask().WaitAsync(StateLimit, _time, _stop.Token);
                _cut = null;
            }

            if (_speaker is { Turn: > 0, IsCompleted: false } speaker)
            {
                BeginFilling();
                var snapshot = await following.Conversation.SnapshotAsync(_stop.Token).WaitAsync(StateLimit, _time, _stop.Token);
                following.Cursor = snapshot.Seq;
                await GoOnAsync(speaker, snapshot.Turns.FirstOrDefault(one => one.Turn == speaker.Turn));
            }
        }
        catch (ChannelClosedException) when (following.Conversation.IsSuperseded)
        {
            // Once more: what is spoken waits until it is followed there.
        }
        catch (Exception error) when (error is TimeoutException or ChannelClosedException)
        {
            await SilenceAsync();
        }
    }

    private async ValueTask GoOnAsync(Speaker speaker, TurnView? turn)
    {
        if (turn is null or { Outcome: "cancelled" })
        {
            await SilenceAsync();
            return;
        }

        speaker.GoOnFrom(turn.Text);
        if (turn.Outcome is { } outcome)
        {
            End(speaker, outcome, turn.Error);
        }

        ReadNews();
    }
}
