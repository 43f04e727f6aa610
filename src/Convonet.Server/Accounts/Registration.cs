using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Accounts;

/// <summary>Makes accounts.</summary>
internal sealed class Registration(UserManager<AppUser> users, IOptions<AccountOptions> options, Reach reach, TimeProvider time)
{
    private const int LongestUserName = 32;

    /// <summary>Whether people may make accounts for themselves.</summary>
    public bool IsOpen => options.Value.Registration == RegistrationMode.Open || (options.Value.Registration == RegistrationMode.Auto && reach.IsLocal);

    /// <summary>Makes an account, or says what is wrong with each field.</summary>
    public async Task<(AppUser? User, Dictionary<string, string[]> Faults)> MakeAsync(RegisterRequest request)
    {
        var user = new AppUser
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            Email = request.Email?.Trim(),
            Name = request.Name?.Trim() ?? "",
            TimeZone = request.TimeZone ?? "Etc/UTC",
            CreatedAt = time.GetUtcNow().UtcDateTime,
        };
        var faults = Faults.Of(
            ("email", AccountRules.FaultOfEmail(user.Email)),
            ("password", await users.FaultOfPasswordAsync(user, request.Password)),
            ("name", AccountRules.FaultOfName(request.Name)),
            ("time_zone", AccountRules.FaultOfTimeZone(user.TimeZone)));
        if (faults.Count > 0)
        {
            return (null, faults);
        }

        if (await users.FindByEmailAsync(user.Email!) is not null)
        {
            return (null, Taken());
        }

        user.PasswordHash = users.PasswordHasher.HashPassword(user, request.Password!);
        try
        {
            await CreateAsync(user);
            return (user, faults);
        }
        catch (DbUpdateException)
        {
            // Somebody took the address between the look and the write.
            return (null, Taken());
        }
    }

    /// <summary>What is wrong when an e-mail address belongs to another account.</summary>
    public static Dictionary<string, string[]> Taken() => Faults.Of(("email", "There is an account with this e-mail address already."));

    /// <summary>Writes the account down, with a short name that nobody has: the address's first part, and a number if need be.</summary>
    private async Task CreateAsync(AppUser user)
    {
        var name = Plain(user.Email!.Split('@')[0]);
        IdentityResult result;
        var number = name == LocalOwner.UserName ? 2 : 1;
        do
        {
            user.UserName = number == 1 ? name : $"{name}{number}";
            result = await users.CreateAsync(user);
            number++;
        }
        while (result.Errors.Any(error => error.Code == nameof(IdentityErrorDescriber.DuplicateUserName)));

        result.ThrowIfFailed();
    }

    private static string Plain(string text)
    {
        var plain = string.Concat(text.ToLowerInvariant().Where(one => char.IsAsciiLetterOrDigit(one) || one is '.' or '-' or '_').Take(LongestUserName));
        return plain.Length == 0 ? "user" : plain;
    }
}

/// <summary>What is wrong with the fields of a request.</summary>
internal static class Faults
{
    /// <summary>The fields that have a fault.</summary>
    public static Dictionary<string, string[]> Of(params ReadOnlySpan<(string Field, string? Fault)> fields)
    {
        var faults = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var (field, fault) in fields)
        {
            if (fault is not null)
            {
                faults[field] = [fault];
            }
        }

        return faults;
    }
}
