using System.Globalization;
using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Server.Store;

namespace Convonet.Server.Calendar;

/// <summary>Tells models date and time on the user's clock, the time zone, and what the user is called.</summary>
internal sealed class UserFacts(ConvonetStore store) : IUserFacts
{
    public async ValueTask<UserTold> TellAsync(string user, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadAsync(Guid.Parse(user), static (scope, _) => Task.FromResult(Told(scope)), cancellationToken);
        }
        catch (StoreUnavailableException error)
        {
            throw new JournalException(error);
        }
    }

    private static UserTold Told(UserScope scope)
    {
        var now = scope.Now.InZone(scope.Zone).ToDateTimeOffset();

        // The name is whatever somebody typed: a JSON string has no end of line.
        return new UserTold(
            $"The user is called {Written.Quote(scope.User.Name)}.",
            string.Create(CultureInfo.InvariantCulture, $"Now: {now:yyyy-MM-ddTHH:mmzzz} ({now:dddd}), time zone {scope.Zone.Id}."))
        {
            TakesKeptAnswers = !scope.User.AnswersAnew,
        };
    }
}
