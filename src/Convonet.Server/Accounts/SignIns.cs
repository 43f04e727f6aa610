using System.Security.Claims;
using System.Security.Cryptography;
using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Accounts;

/// <summary>What a cookie or a token says, and whether it still holds.</summary>
/// <remarks>
/// Both are sealed tickets that nobody keeps a list of. So each is looked up when it is shown: the account must be there, its security
/// stamp, which a new password changes, must be the one of then, and the sign-in must not have been ended.
/// </remarks>
internal sealed class SignIns(IDbContextFactory<ConvonetDb> databases)
{
    /// <summary>Claim with the id of one sign-in.</summary>
    public const string SessionClaim = "sid";

    /// <summary>Marks ended sign-ins among the user's tokens.</summary>
    internal const string Ended = "ended";

    private const string StampClaim = "stamp";

    /// <summary>What the cookie or the token of a user holds.</summary>
    /// <param name="user">The user.</param>
    /// <param name="session">The sign-in that is continued; null begins one.</param>
    public static ClaimsPrincipal Ticket(AppUser user, string? session = null) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, user.Id.ToString()),
            new(StampClaim, user.SecurityStamp ?? throw new InvalidOperationException("Every account has a security stamp.")),
            new(SessionClaim, session ?? RandomNumberGenerator.GetHexString(32, lowercase: true)),
        ],
        "ticket"));

    /// <summary>Who shows a ticket.</summary>
    /// <param name="ticket">What the cookie or the token holds.</param>
    /// <param name="by">Authentication type of the result.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when the ticket holds no longer.</returns>
    public async Task<ClaimsPrincipal?> ReadAsync(ClaimsPrincipal ticket, string by, CancellationToken cancellationToken)
    {
        var (stamp, session) = (ticket.FindFirstValue(StampClaim), ticket.Session());
        if (session is null || stamp is null || !Guid.TryParse(ticket.FindFirstValue(ClaimTypes.NameIdentifier), out var id))
        {
            return null;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var holds = await db.Users.AnyAsync(
            user => user.Id == id && user.SecurityStamp == stamp
                && !db.UserTokens.Any(token => token.UserId == id && token.LoginProvider == Ended && token.Name == session),
            cancellationToken);
        return holds ? Principal(id, by, session) : null;
    }

    /// <summary>Somebody of whom it is certain who they are.</summary>
    public static ClaimsPrincipal Principal(Guid id, string by, string? session = null)
    {
        var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, id.ToString())], by);
        if (session is not null)
        {
            identity.AddClaim(new(SessionClaim, session));
        }

        return new ClaimsPrincipal(identity);
    }
}
