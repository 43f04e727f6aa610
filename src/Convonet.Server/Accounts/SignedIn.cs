using System.Security.Claims;

namespace Convonet.Server.Accounts;

/// <summary>Who is signed in.</summary>
internal static class SignedIn
{
    /// <summary>Id of the user. Only behind <c>RequireAuthorization</c>.</summary>
    public static Guid Id(this ClaimsPrincipal principal) =>
        Guid.Parse(principal.FindFirstValue(ClaimTypes.NameIdentifier) ?? throw new InvalidOperationException("Nobody is signed in; the endpoint must require it."));
}
