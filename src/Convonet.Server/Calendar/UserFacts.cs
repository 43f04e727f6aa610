using System.Globalization;
using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Calendar;

/// <summary>Tells models date and time on the user's clock, the time zone, and what the user is called.</summary>
internal sealed class UserFacts(ConvonetStore store) : IUserFacts
{
    public async ValueTask<UserTold> TellAsync(string user, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadAsync((db, token) => ReadAsync(db, Guid.Parse(user), token), cancellationToken) is { } known ? Told(known) : throw new UnknownUserException();
        }
        catch (StoreUnavailableException error)
        {
            throw new JournalException(error);
        }
    }

    private static async Task<Known?> ReadAsync(ConvonetDb db, Guid user, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var select = new Statement(db);
        return await select.With("@id", user)
            .FirstAsync("""SELECT "Name", "TimeZone", "AnswersAnew" FROM users WHERE "Id" = @id""", static row => new Known(row.GetString(0), row.GetString(1), row.GetBoolean(2)), cancellationToken);
    }

    private UserTold Told(Known user)
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

    /// <summary>What is read of a user at the beginning of each turn.</summary>
    private sealed record Known(string Name, string TimeZone, bool AnswersAnew);
}
