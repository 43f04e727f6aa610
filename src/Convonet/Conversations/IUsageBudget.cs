using Convonet.Models;

namespace Convonet.Conversations;

/// <summary>How much a user may use.</summary>
public interface IUsageBudget
{
    /// <summary>Whether the user has used up what there is, so that no model is asked any more.</summary>
    /// <param name="user">Id of the user.</param>
    /// <param name="unkept">What was used and is not kept yet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Exception">That cannot be read at the moment.</exception>
    ValueTask<bool> IsSpentAsync(string user, IReadOnlyList<Used> unkept, CancellationToken cancellationToken);
}
