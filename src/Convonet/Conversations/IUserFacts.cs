using System.Globalization;

namespace Convonet.Conversations;

/// <summary>What models are told of the user and the moment, at the beginning of each turn.</summary>
public interface IUserFacts
{
    /// <summary>Lines for the end of the system prompt; the first begins with <c>Now:</c>, date and time on the user's clock.</summary>
    /// <param name="user">Id of the user.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Agents.JournalException">What is known of users cannot be read at the moment.</exception>
    ValueTask<string> LinesAsync(string user, CancellationToken cancellationToken);
}

/// <summary>Tells date and time on the clock's local zone, for an application that knows nothing of its users.</summary>
public sealed class ClockFacts(TimeProvider time) : IUserFacts
{
    /// <inheritdoc/>
    public ValueTask<string> LinesAsync(string user, CancellationToken cancellationToken)
    {
        var now = time.GetLocalNow();
        return ValueTask.FromResult(string.Create(CultureInfo.InvariantCulture, $"Now: {now:yyyy-MM-ddTHH:mmzzz} ({now:dddd})"));
    }
}
