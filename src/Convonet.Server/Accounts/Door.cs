using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Convonet.Server.Accounts;

/// <summary>Finds out who sends a request: by its token, by its cookie, or because only the local owner can send it.</summary>
internal sealed class Door(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, SignIns signIns, LocalOwner localOwner)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>The default scheme.</summary>
    public const string Name = "door";

    /// <summary>What is said to somebody who shows a token, which is wrong or of long ago.</summary>
    public const string WrongToken = "This token does not hold, or not any more: get a new one.";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization.Count > 0)
        {
            var token = await ReadAsync(IdentityConstants.BearerScheme, SignedIn.ByToken);
            return token.None ? AuthenticateResult.Fail(WrongToken) : token;
        }

        // A cookie that cannot be read, for example of another server on this machine, says nothing. One of ours that holds no longer does.
        var cookie = await ReadAsync(IdentityConstants.ApplicationScheme, SignedIn.ByCookie);
        return cookie.None && await localOwner.FindAsync(Context) is { } owner ? Success(owner.As(SignedIn.AsLocalOwner)) : cookie;
    }

    private async Task<AuthenticateResult> ReadAsync(string scheme, string by)
    {
        if (await Context.AuthenticateAsync(scheme) is not { Succeeded: true } shown)
        {
            return AuthenticateResult.NoResult();
        }

        if (await signIns.ReadAsync(shown.Principal, Context.RequestAborted) is { } signIn)
        {
            return Success(signIn.As(by));
        }

        if (scheme == IdentityConstants.ApplicationScheme)
        {
            // Taken back, so that the next request is not refused because of it.
            await Context.SignOutAsync(scheme);
        }

        return AuthenticateResult.Fail("The sign-in has ended.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.Append(HeaderNames.WWWAuthenticate, "Bearer");
        return Task.CompletedTask;
    }

    private static AuthenticateResult Success(ClaimsPrincipal principal) => AuthenticateResult.Success(new AuthenticationTicket(principal, Name));
}
