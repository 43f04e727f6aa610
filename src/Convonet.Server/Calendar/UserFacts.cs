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
            return await store.FindUserAsync(Guid.Parse(user), cancellationToken) is { } known ? Told(known) : throw new UnknownUserException();
        }
        catch (StoreUnavailableException error)
        {
            throw new JournalException(error);
        }
    }

    private UserTold Told(KnownUser user)
    {
        var zone = UserScope.ZoneOf(user.TimeZone);
        var now = store.Now.InZone(zone).ToDateTimeOffset();

        // The name is whatever somebody typed: a JSON string has no end of line.
        return new UserTold(
            $"The user is called {Written.Quote(user.Name)}.",
            string.Create(CultureInfo.InvariantCulture, $"Now: {now:yyyy-MM-ddTHH:mmzzz} ({now:dddd}), time zone {zone.Id}."))
        {
            TakesKeptAnswers = !user.AnswersAnew,
        };
    }
}
