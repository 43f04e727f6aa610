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

    /// <summary>Id of the user. Only behind <c>RequireAuthorization</c>.</summary>
    public static Guid Id(this ClaimsPrincipal principal) =>
        Guid.Parse(principal.FindFirstValue(ClaimTypes.NameIdentifier) ?? throw new InvalidOperationException("Nobody is signed in; the endpoint must require it."));

    /// <summary>Id of the sign-in that the request belongs to; null for the local owner, who never signed in.</summary>
    public static string? Session(this ClaimsPrincipal principal) => principal.FindFirstValue(SignIns.SessionClaim);
}
