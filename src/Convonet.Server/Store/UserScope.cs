using Convonet.Server.Accounts;
using NodaTime;

namespace Convonet.Server.Store;

/// <summary>One user's look at the store, or one user's transaction. Whoever works with it can only act as this user.</summary>
internal sealed class UserScope(ConvonetDb db, AppUser user, Instant now, Func<int, Guid> newId)
{
    private int _ids;

    /// <summary>The store; tracked entities are saved when the transaction ends. Every query names the user.</summary>
    public ConvonetDb Db { get; } = db;

    /// <summary>The user.</summary>
    public AppUser User { get; } = user;

    /// <summary>Id of the user.</summary>
    public Guid UserId => User.Id;

    /// <summary>The user's time zone.</summary>
    public DateTimeZone Zone { get; } = ZoneOf(user.TimeZone);

    /// <summary>Now.</summary>
    public Instant Now { get; } = now;

    /// <summary>Now, on the user's clock.</summary>
    public LocalDateTime LocalNow => Now.InZone(Zone).LocalDateTime;

    /// <summary>Now, in UTC, as the store keeps it.</summary>
    public DateTime UtcNow => Now.ToDateTimeUtc();

    /// <summary>The time zone of this IANA name; UTC where there is none.</summary>
    public static DateTimeZone ZoneOf(string name) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) ?? DateTimeZone.Utc;

    /// <summary>The id of the next new row. In a tool it derives from the call, so that a call that is repeated writes the same rows.</summary>
    public Guid NewId() => newId(_ids++);

    /// <summary>One line for people that says what the transaction did; the newest wins.</summary>
    public string? Summary { get; set; }
}
