using System.Globalization;
using System.Security.Cryptography;
using Convonet.Server.Store;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Accounts;

/// <summary>Makes accounts.</summary>
internal sealed class Registration(ConvonetStore store, UserManager<AppUser> users, IOptions<AccountOptions> options, Reach reach)
{
    private const int LongestUserName = 32;

    /// <summary>Whether people may make accounts for themselves.</summary>
    public bool IsOpen => options.Value.Registration == RegistrationMode.Open || (options.Value.Registration == RegistrationMode.Auto && reach.IsLocal);

    /// <summary>Makes an account, or says what is wrong with which field.</summary>
    public async Task<ProfileChange> MakeAsync(RegisterRequest request, CancellationToken cancellationToken)
    {
        var user = new AppUser
        {
            Id = Guid.CreateVersion7(store.Now.ToDateTimeOffset()),
            Email = request.Email?.Trim(),
            Name = request.Name?.Trim() ?? "",
            TimeZone = request.TimeZone ?? AccountRules.UnsaidTimeZone,
            CreatedAt = store.Now.ToDateTimeUtc(),
            SecurityStamp = RandomNumberGenerator.GetHexString(32),
        };
        var faults = Faults.Of(
            ("email", AccountRules.FaultOfEmail(user.Email)),
            ("password", await users.FaultOfPasswordAsync(user, request.Password)),
            ("name", AccountRules.FaultOfName(request.Name)),
            ("time_zone", AccountRules.FaultOfTimeZone(user.TimeZone)));
        if (faults.Count > 0)
        {
            return new ProfileChange(null, faults);
        }

        user.NormalizedEmail = users.NormalizeEmail(user.Email);
        user.PasswordHash = users.PasswordHasher.HashPassword(user, request.Password!);
        return await AddAsync(user, cancellationToken);
    }

    /// <summary>What is wrong when an e-mail address belongs to another account.</summary>
    public static Dictionary<string, string[]> Taken() => Faults.Of(("email", "There is an account with this e-mail address already."));

    private Task<ProfileChange> AddAsync(AppUser user, CancellationToken cancellationToken)
    {
        var name = Plain(user.Email!.Split('@')[0]);
        var isAgain = false;
        return store.WriteAsync(
            async (db, token) =>
            {
                if (await db.Users.FirstOrDefaultAsync(other => other.NormalizedEmail == user.NormalizedEmail, token) is { } other)
                {
                    // The same account, when nobody could say whether it had been written.
                    return other.Id == user.Id ? new ProfileChange(user, []) : new ProfileChange(null, Taken());
                }

                user.UserName = await FreeNameAsync(db, name, isAgain, token);
                user.NormalizedUserName = users.NormalizeName(user.UserName);
                isAgain = true;
                db.Users.Add(user);
                return new ProfileChange(user, []);
            },
            repeatable: true,
            cancellationToken);
    }

    /// <summary>The name, with a number if somebody has it; with a large one where somebody took the small one at the same moment.</summary>
    private async Task<string> FreeNameAsync(ConvonetDb db, string name, bool isAgain, CancellationToken cancellationToken)
    {
        for (var number = name == LocalOwner.UserName ? 2 : 1; ; number++)
        {
            var candidate = isAgain ? string.Create(CultureInfo.InvariantCulture, $"{name}{RandomNumberGenerator.GetInt32(1000, 1_000_000)}")
                : number == 1 ? name
                : string.Create(CultureInfo.InvariantCulture, $"{name}{number}");
            var normalized = users.NormalizeName(candidate);
            if (!await db.Users.AnyAsync(other => other.NormalizedUserName == normalized, cancellationToken))
            {
                return candidate;
            }
        }
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
