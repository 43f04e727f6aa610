using System.Security.Claims;

namespace Convonet.Server.Accounts;

/// <summary>Who is signed in.</summary>
internal static class SignedIn
{
    /// <summary>Authentication type of a request that came with the page's cookie.</summary>
    public const string ByCookie = "cookie";

    /// <summary>Authentication type of a request that came with a bearer token.</summary>
    public const string ByToken = "token";

    /// <summary>Authentication type of a request of the local owner, who needs to show nothing.</summary>
    public const string AsLocalOwner = "local";

    private const string StampClaim = "stamp";
    private const string SessionClaim = "sid";

    /// <summary>Id of the user. Only behind <c>RequireAuthorization</c>.</summary>
    public static Guid Id(this ClaimsPrincipal principal) =>
        Guid.Parse(principal.FindFirstValue(ClaimTypes.NameIdentifier) ?? throw new InvalidOperationException("Nobody is signed in; the endpoint must require it."));

    /// <summary>How the user is signed in; null when nobody is.</summary>
    public static SignIn? SignIn(this ClaimsPrincipal principal) =>
        Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var user) && principal.FindFirstValue(StampClaim) is { } stamp
            ? new SignIn(user, stamp, principal.FindFirstValue(SessionClaim))
            : null;

    /// <summary>The principal that says so.</summary>
    /// <param name="signIn">Who.</param>
    /// <param name="by">Authentication type.</param>
    public static ClaimsPrincipal As(this SignIn signIn, string by)
    {
        var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, signIn.User.ToString()), new(StampClaim, signIn.Stamp)], by);
        if (signIn.Session is { } session)
        {
            identity.AddClaim(new(SessionClaim, session));
        }

        return new ClaimsPrincipal(identity);
    }
}
