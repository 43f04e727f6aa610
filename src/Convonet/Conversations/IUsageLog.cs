using Convonet.Models;

namespace Convonet.Conversations;

/// <summary>Whose something was used.</summary>
/// <param name="User">Id of the user.</param>
/// <param name="Conversation">Id of the conversation.</param>
/// <param name="Turn">Number of the turn; null when it belongs to none.</param>
public sealed record UsageOwner(string User, string Conversation, int? Turn);

/// <summary>Keeps what is used beside turns, or when they have ended: speech, and model calls that no turn took. What a turn's own model calls use is kept with its end.</summary>
public interface IUsageLog
{
    /// <summary>Notes something; it is kept behind it. Never waits.</summary>
    /// <param name="owner">Whose it is.</param>
    /// <param name="add">Adds it; must be quick.</param>
    void Note(UsageOwner owner, Action<UsageTally> add);
}
