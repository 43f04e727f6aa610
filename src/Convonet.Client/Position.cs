namespace Convonet.Client;

/// <summary>What an event's number says.</summary>
internal enum Step
{
    /// <summary>It is the next one.</summary>
    Next,

    /// <summary>It was seen.</summary>
    Seen,

    /// <summary>Some before it are missing, and are to be asked for; it will come again.</summary>
    Missing,
}

/// <summary>Where a client is in the numbered events of a conversation.</summary>
internal sealed class Position(string? conversation, int epoch, long seq = 0, bool hasBegun = false)
{
    /// <summary>The number after which missing events were asked for already.</summary>
    private long _askedAfter = -1;

    public string? Conversation { get; } = conversation;

    public int Epoch { get; private set; } = epoch;

    public long Seq { get; private set; } = seq;

    /// <summary>Whether anything was ever said here: a conversation without an event is nothing that could be lost.</summary>
    public bool HasBegun { get; private set; } = hasBegun;

    /// <summary>Moves on to the event when it is the next one. A gap that the server did not fill when asked is passed over, so that one lost event cannot stop a conversation.</summary>
    /// <param name="seq">Its number.</param>
    /// <param name="epoch">The number's epoch.</param>
    /// <param name="isAsking">Whether the answer to a resume is still to come.</param>
    public Step Advance(long seq, int epoch, bool isAsking)
    {
        if (epoch != Epoch)
        {
            // Numbers of an older epoch mean nothing now.
            (Epoch, Seq, _askedAfter) = (epoch, 0, -1);
        }

        if (seq <= Seq)
        {
            return Step.Seen;
        }

        if (seq > Seq + 1 && (isAsking || _askedAfter != Seq))
        {
            _askedAfter = Seq;
            return Step.Missing;
        }

        (Seq, HasBegun) = (seq, true);
        return Step.Next;
    }
}
