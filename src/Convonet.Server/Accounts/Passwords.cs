using Microsoft.AspNetCore.Identity;

namespace Convonet.Server.Accounts;

/// <summary>Checks passwords, and tells nobody whether an account exists.</summary>
internal sealed class Passwords(UserManager<AppUser> users, IPasswordHasher<AppUser> hasher, PasswordTries tries)
{
    /// <summary>Stands in for an account that is not there: the answer takes the same work.</summary>
    private static readonly AppUser Nobody = new() { Name = "", TimeZone = "" };
    private static readonly string NobodysHash = new PasswordHasher<AppUser>().HashPassword(Nobody, Guid.NewGuid().ToString());

    /// <summary>The user with this e-mail address and password; null when there is none, or after too many failures.</summary>
    public async Task<AppUser?> FindAsync(string email, string password)
    {
        // Unknown addresses run out of tries like known ones.
        var key = users.NormalizeEmail(email) ?? "";
        if (!tries.TryTake(key))
        {
            return null;
        }

        var user = await users.FindByEmailAsync(email);
        if (hasher.VerifyHashedPassword(user ?? Nobody, user?.PasswordHash ?? NobodysHash, password) == PasswordVerificationResult.Failed || user?.PasswordHash is null)
        {
            return null;
        }

        tries.Forget(key);
        return user;
    }
}

/// <summary>Five failures close an account's door for five minutes. Counted here and not in the account, because accounts that do not exist have the same limit.</summary>
internal sealed class PasswordTries(TimeProvider time)
{
    private readonly Tries _tries = new(5, TimeSpan.FromMinutes(5), time);

    public bool TryTake(string key) => _tries.TryTake(key);

    public void Forget(string key) => _tries.Forget(key);
}
