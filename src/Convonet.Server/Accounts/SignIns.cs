using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using Convonet.Server.Store;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Accounts;

/// <summary>What a cookie or a token says, and whether it still holds.</summary>
/// <remarks>
/// Both are sealed tickets that nobody keeps a list of. So each is looked up when it is shown: the account must be there, its security
/// stamp, which a new password changes, must be the one of then, and the sign-in must not have been ended.
/// </remarks>
internal sealed class SignIns(ConvonetStore store, OpenConnections connections)
{
    /// <summary>How long a ticket holds without being used.</summary>
    public static readonly TimeSpan TicketTime = TimeSpan.FromDays(14);

    /// <summary>Marks ended sign-ins among the user's tokens.</summary>
    private const string Ended = "ended";

    /// <summary>The newest ticket of a sign-in may be a little younger than its end, when a request was on the way.</summary>
    private static readonly TimeSpan KeptTime = TicketTime + TimeSpan.FromDays(1);

    /// <summary>What the cookie or the token of a user holds.</summary>
    /// <param name="user">The user.</param>
    /// <param name="session">The sign-in that is continued; null begins one.</param>
    public static ClaimsPrincipal Ticket(AppUser user, string? session = null) =>
        new SignIn(user.Id, user.SecurityStamp!, session ?? RandomNumberGenerator.GetHexString(32, lowercase: true)).As("ticket");

    /// <summary>What a ticket says, if it still holds; else null.</summary>
    public async Task<SignIn?> ReadAsync(ClaimsPrincipal ticket, CancellationToken cancellationToken) =>
        ticket.SignIn() is { Session: not null } signIn && (await EndedAmongAsync([signIn], cancellationToken)).Count == 0 ? signIn : null;

    /// <summary>Those that hold no longer.</summary>
    public Task<IReadOnlyList<SignIn>> EndedAmongAsync(IReadOnlyCollection<SignIn> signIns, CancellationToken cancellationToken) => store.ReadAsync<IReadOnlyList<SignIn>>(
        async (db, token) =>
        {
            var (users, sessions) = (signIns.Select(one => one.User).Distinct().ToArray(), signIns.Select(one => one.Session).Distinct().ToArray());
            var stamps = await db.Users.Where(user => users.Contains(user.Id))
                .Select(user => new { user.Id, user.SecurityStamp, user.PinHash }).ToDictionaryAsync(user => user.Id, token);
            var ended = await db.UserTokens.Where(one => one.LoginProvider == Ended && users.Contains(one.UserId) && sessions.Contains(one.Name))
                .Select(one => one.Name).ToHashSetAsync(token);
            return [.. signIns.Where(one =>
                !stamps.TryGetValue(one.User, out var now)
                || SignIn.StampOf(now.SecurityStamp, now.PinHash, one.Session) != one.Stamp
                || (one.Session is { } session && ended.Contains(session)))];
        },
        cancellationToken);

    /// <summary>Ends a sign-in: its cookie or tokens hold no longer, copies of them included, and its open connections close.</summary>
    public async Task EndAsync(SignIn signIn, CancellationToken cancellationToken)
    {
        if (signIn.Session is not { } session)
        {
            return;
        }

        await store.WriteAsync(
            async (db, token) =>
            {
                var ended = await db.UserTokens.Where(one => one.UserId == signIn.User && one.LoginProvider == Ended).ToArrayAsync(token);
                var now = store.Now.ToDateTimeUtc();
                db.UserTokens.RemoveRange(ended.Where(one => DateTime.Parse(one.Value!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind) < now));
                if (!ended.Any(one => one.Name == session))
                {
                    var until = (now + KeptTime).ToString("O", CultureInfo.InvariantCulture);
                    db.UserTokens.Add(new IdentityUserToken<Guid> { UserId = signIn.User, LoginProvider = Ended, Name = session, Value = until });
                }

                return true;
            },
            repeatable: true,
            cancellationToken);
        connections.Close(signIn.User, session);
    }
}
