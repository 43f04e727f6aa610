using Convonet.Models;

namespace Convonet.Conversations;

/// <summary>What turns use beside their model calls.</summary>
public sealed partial class Conversation
{
    /// <inheritdoc/>
    public void NoteUsed(int turn, IReadOnlyList<Used> used)
    {
        lock (Gate)
        {
            if (IsSuperseded || _turns.Find(one => one.Number == turn) is not { } record)
            {
                return;
            }

            record.Note(used);
            if (record is not { Outcome: not null, Used: { } all })
            {
                return; // its end tells it
            }

            Events.Add(new SessionEvent.TurnUsage(turn, all));
        }

        Events.Ring();
    }
}
