using System.Net.Mail;
using Microsoft.AspNetCore.Identity;
using NodaTime;

namespace Convonet.Server.Accounts;

/// <summary>What names, addresses and time zones may be.</summary>
internal static class AccountRules
{
    /// <summary>Longest name, in characters.</summary>
    public const int LongestName = 100;

    /// <summary>The time zone of an account for which nobody has said one: the owner's first page does.</summary>
    public const string UnsaidTimeZone = "Etc/UTC";

    /// <summary>Longest e-mail address, in characters (RFC 5321 section 4.5.3.1.3).</summary>
    private const int LongestEmail = 254;

    /// <summary>Longest password, in characters: hashing more is work for nothing.</summary>
    private const int LongestPassword = 256;

    /// <summary>Why it is no name; null when it is one.</summary>
    public static string? FaultOfName(string? name) =>
        name?.Trim() is { Length: > 0 and <= LongestName } trimmed && !trimmed.Any(char.IsControl) ? null : $"A name has 1 to {LongestName} characters.";

    /// <summary>Why it is no e-mail address; null when it is one.</summary>
    public static string? FaultOfEmail(string? email) =>
        email is { Length: > 2 and <= LongestEmail } && !email.Any(one => char.IsControl(one) || char.IsWhiteSpace(one))
        && MailAddress.TryCreate(email, out var address) && address.Address == email
            ? null : "This is not an e-mail address.";

    /// <summary>Why it is no time zone; null when it is one.</summary>
    public static string? FaultOfTimeZone(string? zone) =>
        zone is not null && DateTimeZoneProviders.Tzdb.Ids.Contains(zone) ? null : "A time zone is an IANA name, for example Europe/Zurich.";

    /// <summary>A time zone as it is kept once somebody has said it: <see cref="UnsaidTimeZone"/> by its other name.</summary>
    public static string SaidTimeZone(string zone) => zone == UnsaidTimeZone ? "UTC" : zone;

    /// <summary>Why it cannot be a password; null when it can.</summary>
    public static async Task<string?> FaultOfPasswordAsync(this UserManager<AppUser> users, AppUser user, string? password)
    {
        if (password is null or { Length: > LongestPassword })
        {
            return $"A password has {users.Options.Password.RequiredLength} to {LongestPassword} characters.";
        }

        foreach (var validator in users.PasswordValidators)
        {
            if (await validator.ValidateAsync(users, user, password) is { Succeeded: false } failed)
            {
                return string.Join(" ", failed.Errors.Select(error => error.Description));
            }
        }

        return null;
    }

    /// <summary>For what cannot fail: nobody but us chose the values.</summary>
    public static void ThrowIfFailed(this IdentityResult result)
    {
        if (!result.Succeeded)
        {
            throw new InvalidOperationException(string.Join(" ", result.Errors.Select(error => error.Description)));
        }
    }
}
