using System.Globalization;

namespace Convonet.Conversations;

/// <summary>What models are told of the user and the moment, at the beginning of each turn.</summary>
public interface IUserFacts
{
    /// <summary>What there is to tell.</summary>
    /// <param name="user">Id of the user.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Agents.JournalException">What is known of users cannot be read at the moment.</exception>
    ValueTask<UserTold> TellAsync(string user, CancellationToken cancellationToken);
}

/// <summary>What models are told of a user and the moment.</summary>
/// <param name="About">Of the user, for the end of the instructions; the same in each turn while nothing changes. All of it is the user's own: empty when nothing is told.</param>
/// <param name="Moment">One line that begins with <c>Now:</c>, date and time on the user's clock, and what else is different in each turn.</param>
public sealed record UserTold(string About, string Moment)
{
    /// <summary>Whether the user takes answers that were given before.</summary>
    public bool TakesKeptAnswers { get; init; } = true;
}

/// <summary>Tells date and time on the clock's local zone, for an application that knows nothing of its users.</summary>
public sealed class ClockFacts(TimeProvider time) : IUserFacts
{
    /// <inheritdoc/>
    public ValueTask<UserTold> TellAsync(string user, CancellationToken cancellationToken)
    {
        var now = time.GetLocalNow();
        return ValueTask.FromResult(new UserTold("", string.Create(CultureInfo.InvariantCulture, $"Now: {now:yyyy-MM-ddTHH:mmzzz} ({now:dddd}).")));
    }
}
