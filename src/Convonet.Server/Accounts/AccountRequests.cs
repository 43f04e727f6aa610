using System.ComponentModel;

namespace Convonet.Server.Accounts;

/// <summary>A new account.</summary>
internal sealed record RegisterRequest(
    [property: Description("E-mail address to sign in with.")] string? Email,
    [property: Description("At least 10 characters.")] string? Password,
    [property: Description("What the assistant calls you.")] string? Name,
    [property: Description("IANA name of your time zone; Etc/UTC if left out.")] string? TimeZone)
{
    /// <summary>Keeps the password out of whatever prints a request.</summary>
    public override string ToString() => nameof(RegisterRequest);
}

/// <summary>E-mail address and password.</summary>
internal sealed record LoginRequest(
    string? Email,
    string? Password,
    [property: Description("Whether the page's cookie outlives the browser; says nothing about tokens.")] bool Remember = false)
{
    /// <summary>Keeps the password out of whatever prints a request.</summary>
    public override string ToString() => nameof(LoginRequest);
}

/// <summary>An account as its owner sees it.</summary>
internal sealed record AccountView(
    Guid Id,
    string Name,
    string? Email,
    [property: Description("With the PIN, a name to sign in by voice with.")] string UserName,
    string TimeZone,
    bool HasPassword,
    bool HasPin,
    [property: Description("Whether a model is asked each time, and answers that were given before are not given again.")] bool AnswersAnew,
    [property: Description("Whether this is the one user of a server that only its own machine can reach, signed in without a password.")] bool IsLocalOwner,
    [property: Description("Whether people may make accounts for themselves.")] bool RegistrationOpen);

/// <summary>A refresh token.</summary>
internal sealed record RefreshRequest(string? RefreshToken)
{
    /// <summary>Keeps the token out of whatever prints a request.</summary>
    public override string ToString() => nameof(RefreshRequest);
}

/// <summary>What is to change; what is left out stays.</summary>
internal sealed record ProfileRequest(
    [property: Description("What the assistant calls you.")] string? Name,
    [property: Description("IANA name of your time zone.")] string? TimeZone,
    [property: Description("E-mail address to sign in with.")] string? Email,
    [property: Description("Whether a model is asked each time, and answers that were given before are not given again.")] bool? AnswersAnew = null);

/// <summary>A new password.</summary>
internal sealed record PasswordRequest(
    [property: Description("The password until now; left out only where there was none.")] string? Current,
    [property: Description("At least 10 characters.")] string? New)
{
    /// <summary>Keeps the passwords out of whatever prints a request.</summary>
    public override string ToString() => nameof(PasswordRequest);
}

/// <summary>A new PIN.</summary>
internal sealed record PinRequest([property: Description("4 to 6 digits.")] string? Pin)
{
    /// <summary>Keeps the PIN out of whatever prints a request.</summary>
    public override string ToString() => nameof(PinRequest);
}
