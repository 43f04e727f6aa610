using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace Convonet.Server.Accounts;

/// <summary>Who somebody is, and how they sign in.</summary>
internal static class AccountApi
{
    private const string WrongPassword = "The e-mail address or the password is wrong, or there were too many tries: then wait five minutes.";

    public static void MapAccount(this IEndpointRouteBuilder api)
    {
        var account = api.MapGroup("/account").WithTags("account");
        account.MapGet("", GetAsync).AllowAnonymous().WithSummary("Who am I?");
        account.MapPost("register", RegisterAsync).AllowAnonymous().RequireRateLimiting(AccountSetup.TryLimit).WithSummary("Makes an account and signs the page in.");
        account.MapPost("token", TokenAsync).AllowAnonymous().RequireRateLimiting(AccountSetup.TryLimit).WithSummary("Gives a bearer token to a client that is no page.");
    }

    private static async Task<Results<Ok<AccountView>, ProblemHttpResult>> GetAsync(ClaimsPrincipal principal, UserManager<AppUser> users, Registration registration) =>
        principal.Identity?.IsAuthenticated == true && await users.FindByIdAsync(principal.Id().ToString()) is { } user
            ? TypedResults.Ok(View(user, registration))
            : TypedResults.Problem(
                "Nobody is signed in.",
                statusCode: StatusCodes.Status401Unauthorized,
                extensions: [new("registration_open", registration.IsOpen)]);

    private static async Task<Results<Ok<AccountView>, ValidationProblem, ProblemHttpResult>> RegisterAsync(
        RegisterRequest request, HttpContext context, Registration registration)
    {
        if (!registration.IsOpen)
        {
            return TypedResults.Problem("New accounts are made by whoever runs this server.", statusCode: StatusCodes.Status403Forbidden);
        }

        var (made, faults) = await registration.MakeAsync(request);
        if (made is null)
        {
            return TypedResults.ValidationProblem(faults);
        }

        await context.SignInAsync(IdentityConstants.ApplicationScheme, SignIns.Ticket(made));
        return TypedResults.Ok(View(made, registration));
    }

    private static async Task<Results<SignInHttpResult, ProblemHttpResult>> TokenAsync(LoginRequest request, Passwords passwords) =>
        await passwords.FindAsync(request.Email ?? "", request.Password ?? "") is { } user
            ? TypedResults.SignIn(SignIns.Ticket(user), authenticationScheme: IdentityConstants.BearerScheme)
            : TypedResults.Problem(WrongPassword, statusCode: StatusCodes.Status401Unauthorized);

    private static AccountView View(AppUser user, Registration registration) => new(
        user.Id,
        user.Name,
        user.Email,
        user.UserName!,
        user.TimeZone,
        user.PasswordHash is not null,
        user.PinHash is not null,
        user.NormalizedUserName == LocalOwner.NormalizedUserName && user.PasswordHash is null,
        registration.IsOpen);
}
