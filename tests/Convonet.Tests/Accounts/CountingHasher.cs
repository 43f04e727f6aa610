using Convonet.Server.Accounts;
using Microsoft.AspNetCore.Identity;

namespace Convonet.Tests.Accounts;

/// <summary>Counts how often a secret is checked, which is what the answer's time is made of.</summary>
internal sealed class CountingHasher : IPasswordHasher<AppUser>
{
    private readonly PasswordHasher<AppUser> _real = new();

    public int Verified { get; private set; }

    public string HashPassword(AppUser user, string password) => _real.HashPassword(user, password);

    public PasswordVerificationResult VerifyHashedPassword(AppUser user, string hashedPassword, string providedPassword)
    {
        Verified++;
        return _real.VerifyHashedPassword(user, hashedPassword, providedPassword);
    }
}
