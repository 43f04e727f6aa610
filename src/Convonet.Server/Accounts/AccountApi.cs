using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace Convonet.Server.Accounts;

/// <summary>Who somebody is.</summary>
internal static class AccountApi
{
    public static void MapAccount(this IEndpointRouteBuilder api)
    {
        var account = api.MapGroup("/account").WithTags("account");
        account.MapGet("", GetAsync).AllowAnonymous().WithSummary("Tells who is signed in, and, with 401, that nobody is and whether people may register.");
        account.MapPatch("", ChangeAsync).WithSummary("Changes name, time zone, e-mail address, or whether kept answers are given.");
        account.MapPost("register", RegisterAsync).AllowAnonymous().RequireRateLimiting(AccountSetup.TryLimit).WithSummary("Makes an account and signs the page in.");
        account.MapPost("password", SetPasswordAsync).RequireRateLimiting(AccountSetup.TryLimit)
            .WithSummary("Sets the password. Every other sign-in ends; a page stays signed in, other clients ask for a new token.");
        account.MapPut("pin", SetPinAsync).WithSummary("Sets the PIN for voice connections.");
        account.MapDelete("pin", RemovePinAsync).WithSummary("Takes the PIN away.");
        account.MapSignIn();
    }

    /// <summary>An account as its owner sees it.</summary>
    public static AccountView View(AppUser user, Registration registration) => new(
        user.Id,
        user.Name,
        user.Email,
        user.UserName!,
        user.TimeZone,
        user.PasswordHash is not null,
        user.PinHash is not null,
        user.AnswersAnew,
        user.NormalizedUserName == LocalOwner.NormalizedUserName && user.PasswordHash is null,
        registration.IsOpen);

    private static async Task<Results<Ok<AccountView>, ProblemHttpResult>> GetAsync(HttpContext context, Profile profile, Registration registration) =>
        context.User.SignIn() is { } signIn && await profile.FindAsync(signIn.User, context.RequestAborted) is { } user
            ? TypedResults.Ok(View(user, registration))
            : TypedResults.Problem("Nobody is signed in.", statusCode: StatusCodes.Status401Unauthorized, extensions: [new("registration_open", registration.IsOpen)]);

    private static async Task<Results<Ok<AccountView>, ValidationProblem, ProblemHttpResult>> RegisterAsync(
        RegisterRequest request, HttpContext context, Registration registration)
    {
        if (!registration.IsOpen)
        {
            return TypedResults.Problem("New accounts are made by whoever runs this server.", statusCode: StatusCodes.Status403Forbidden);
        }

        var registered = await registration.MakeAsync(request, context.RequestAborted);
        if (registered.User is not { } made)
        {
            return TypedResults.ValidationProblem(registered.Faults);
        }

        await context.SignInAsync(IdentityConstants.ApplicationScheme, SignIns.Ticket(made));
        return TypedResults.Ok(View(made, registration));
    }

    private static async Task<Results<Ok<AccountView>, ValidationProblem>> ChangeAsync(
        ProfileRequest request, ClaimsPrincipal principal, Profile profile, Registration registration, CancellationToken cancellationToken)
    {
        var change = await profile.ChangeAsync(principal.Id(), request, cancellationToken);
        return change.User is { } user ? TypedResults.Ok(View(user, registration)) : TypedResults.ValidationProblem(change.Faults);
    }

    private static async Task<Results<Ok<AccountView>, ValidationProblem>> SetPasswordAsync(
        PasswordRequest request, HttpContext context, Profile profile, Registration registration)
    {
        var change = await profile.SetPasswordAsync(context.User.Id(), request, context.RequestAborted);
        if (change.User is not { } user)
        {
            return TypedResults.ValidationProblem(change.Faults);
        }

        if (context.User.Identity?.AuthenticationType != SignedIn.ByToken)
        {
            await context.SignInAsync(IdentityConstants.ApplicationScheme, SignIns.Ticket(user));
        }

        return TypedResults.Ok(View(user, registration));
    }

    private static async Task<Results<NoContent, ValidationProblem>> SetPinAsync(
        PinRequest request, ClaimsPrincipal principal, Profile profile, CancellationToken cancellationToken)
    {
        var change = await profile.SetPinAsync(principal.Id(), request.Pin ?? "", cancellationToken);
        return change.User is null ? TypedResults.ValidationProblem(change.Faults) : TypedResults.NoContent();
    }

    private static async Task<NoContent> RemovePinAsync(ClaimsPrincipal principal, Profile profile, CancellationToken cancellationToken)
    {
        await profile.SetPinAsync(principal.Id(), null, cancellationToken);
        return TypedResults.NoContent();
    }
}
