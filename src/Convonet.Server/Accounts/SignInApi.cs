using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Accounts;

/// <summary>How somebody comes in, and goes.</summary>
internal static class SignInApi
{
    private const string WrongPassword = "The e-mail address or the password is wrong, or there were too many tries: then wait five minutes.";

    public static void MapSignIn(this IEndpointRouteBuilder account)
    {
        var signIn = account.MapGroup("").AllowAnonymous().RequireRateLimiting(AccountSetup.TryLimit);
        signIn.MapPost("login", LoginAsync).WithSummary("Signs a page in, with a cookie.");
        signIn.MapPost("token", TokenAsync).Produces<AccessTokenResponse>().WithSummary("Signs a client in that is no page, with a bearer token.");
        signIn.MapPost("refresh", RefreshAsync).Produces<AccessTokenResponse>().WithSummary("Gives the next bearer token of a sign-in.");
        account.MapPost("logout", LogoutAsync).WithSummary("Ends this sign-in: its cookie or its tokens hold no longer.");
    }

    private static async Task<Results<Ok<AccountView>, ProblemHttpResult>> LoginAsync(LoginRequest request, HttpContext context, Passwords passwords, Registration registration)
    {
        if (await passwords.FindAsync(request.Email ?? "", request.Password ?? "") is not { } user)
        {
            return Wrong();
        }

        await context.SignInAsync(IdentityConstants.ApplicationScheme, SignIns.Ticket(user), new AuthenticationProperties { IsPersistent = request.Remember });
        return TypedResults.Ok(AccountApi.View(user, registration));
    }

    private static async Task<Results<SignInHttpResult, ProblemHttpResult>> TokenAsync(LoginRequest request, Passwords passwords) =>
        await passwords.FindAsync(request.Email ?? "", request.Password ?? "") is { } user ? Tokens(user) : Wrong();

    private static async Task<Results<SignInHttpResult, ProblemHttpResult>> RefreshAsync(
        RefreshRequest request, HttpContext context, IOptionsMonitor<BearerTokenOptions> options, UserManager<AppUser> users, SignIns signIns, TimeProvider time) =>
        options.Get(IdentityConstants.BearerScheme).RefreshTokenProtector.Unprotect(request.RefreshToken) is { } ticket
        && ticket.Properties.ExpiresUtc > time.GetUtcNow()
        && await signIns.ReadAsync(ticket.Principal, context.RequestAborted) is { } signIn
        && await users.FindByIdAsync(signIn.User.ToString()) is { } user
            ? Tokens(user, signIn.Session)
            : TypedResults.Problem("This is no refresh token, or its sign-in has ended.", statusCode: StatusCodes.Status401Unauthorized);

    private static async Task<NoContent> LogoutAsync(HttpContext context, SignIns signIns)
    {
        if (context.User.SignIn() is { } signIn)
        {
            await signIns.EndAsync(signIn, context.RequestAborted);
        }

        await context.SignOutAsync(IdentityConstants.ApplicationScheme);
        return TypedResults.NoContent();
    }

    private static SignInHttpResult Tokens(AppUser user, string? session = null) =>
        TypedResults.SignIn(SignIns.Ticket(user, session), authenticationScheme: IdentityConstants.BearerScheme);

    private static ProblemHttpResult Wrong() => TypedResults.Problem(WrongPassword, statusCode: StatusCodes.Status401Unauthorized);
}
