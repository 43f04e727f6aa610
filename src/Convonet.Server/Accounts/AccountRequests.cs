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
    [property: Description("Whether this is the one user of a server that only its own machine can reach, signed in without a password.")] bool IsLocalOwner,
    [property: Description("Whether people may make accounts for themselves.")] bool RegistrationOpen);
