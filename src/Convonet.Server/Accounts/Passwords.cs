using Microsoft.AspNetCore.Identity;

namespace Convonet.Server.Accounts;

/// <summary>Checks passwords, and tells nobody whether an account exists.</summary>
internal sealed class Passwords(UserManager<AppUser> users, PasswordTries tries)
{
    /// <summary>RFC 5321 allows 256 with its brackets.</summary>
    private const int LongestEmail = 254;

    /// <summary>The user with this e-mail address and password; null when there is none, or after too many failures.</summary>
    public async Task<AppUser?> FindAsync(string email, string password)
    {
        if (email.Length > LongestEmail || email.Any(char.IsControl))
        {
            // Nobody's, and nothing to keep a count of.
            return null;
        }

        // Unknown addresses run out of tries like known ones.
        var key = users.NormalizeEmail(email.Trim());
        return tries.TryTake(key) && await users.FindByEmailAsync(email.Trim()) is var user && IsRight(user, password, key) ? user : null;
    }

    /// <summary>Whether it is the password of somebody who is signed in already. Wrong ones count like those of a sign-in.</summary>
    public bool IsRight(AppUser user, string password) => tries.TryTake(user.NormalizedEmail!) && IsRight(user, password, user.NormalizedEmail!);

    private bool IsRight(AppUser? user, string password, string key)
    {
        var asked = user?.PasswordHash is null ? tries.Nobody : user;
        if (users.PasswordHasher.VerifyHashedPassword(asked, asked.PasswordHash!, password) == PasswordVerificationResult.Failed || asked != user)
        {
            return false;
        }

        tries.Forget(key);
        return true;
    }
}

/// <summary>
/// Five failures close an account's door for five minutes. They are counted here and not in Identity's columns: what does not exist is
/// counted the same, so that neither answer nor work tells accounts from guesses, and guesses side by side are no more guesses.
/// </summary>
internal sealed class PasswordTries(IPasswordHasher<AppUser> hasher, TimeProvider time)
{
    private readonly Tries _tries = new(5, TimeSpan.FromMinutes(5), time);

    /// <summary>Stands in for an account that is not there: the answer takes the same work.</summary>
    public AppUser Nobody { get; } = new() { Name = "", TimeZone = "", PasswordHash = hasher.HashPassword(null!, Guid.NewGuid().ToString()) };

    public bool TryTake(string key) => _tries.TryTake(key);

    public void Forget(string key) => _tries.Forget(key);
}
