using System.Globalization;
using System.Linq.Expressions;
using Convonet.Server.Calendar;
using Convonet.Server.Reminders;
using Convonet.Server.Todos;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Store;

/// <summary>How much a user may keep of what people and models write down.</summary>
internal static class KeptLimits
{
    /// <summary>Of each kind.</summary>
    public const int Most = 10_000;

    /// <summary>Looks whether what a transaction adds still fits; called before it is saved.</summary>
    /// <exception cref="RefusedException">It does not.</exception>
    public static async Task CheckAsync(ConvonetDb db, Guid userId, CancellationToken cancellationToken)
    {
        await CheckAsync<Todo>(db, "todos", one => one.OwnerId == userId, cancellationToken);
        await CheckAsync<Reminder>(db, "reminders", one => one.OwnerId == userId, cancellationToken);
        await CheckAsync<CalendarEvent>(db, "appointments", one => one.OwnerId == userId, cancellationToken);
    }

    private static async Task CheckAsync<T>(ConvonetDb db, string kind, Expression<Func<T, bool>> isOwn, CancellationToken cancellationToken)
        where T : class
    {
        // Two transactions beside each other may each find room for one more, which does no harm.
        if (db.ChangeTracker.Entries<T>().Count(static entry => entry.State == EntityState.Added) is > 0 and var added && await db.Set<T>().CountAsync(isOwn, cancellationToken) + added > Most)
        {
            throw RefusedException.Conflict(string.Create(CultureInfo.InvariantCulture, $"There is no room for more {kind}: at most {Most:N0} are kept. Delete some first."));
        }
    }
}
