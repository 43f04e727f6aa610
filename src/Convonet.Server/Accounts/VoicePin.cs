using Convonet.Server.Store;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Accounts;

/// <summary>Signs people in by a short number that they can say or type anywhere. Why it needs a name: <c>docs/decisions/0006</c>.</summary>
internal sealed class VoicePin(ConvonetStore store, IPasswordHasher<AppUser> hasher, IOptions<AccountOptions> options, TimeProvider time)
{
    /// <summary>For people.</summary>
    public const string Rule = "A PIN has 4 to 6 digits.";

    private static readonly UpperInvariantLookupNormalizer Normalizer = new();

    /// <summary>Stands in for an account that is not there, or has no PIN: the answer takes the same work.</summary>
    private readonly AppUser _nobody = new() { Name = "", TimeZone = "", PinHash = hasher.HashPassword(null!, Guid.NewGuid().ToString()) };

    private readonly Tries _tries = new(5, TimeSpan.FromMinutes(1), time);
    private readonly Tries _alone = new(options.Value.PinAlonePerHour, TimeSpan.FromHours(1), time);

    /// <summary>Whether it can be a PIN.</summary>
    public static bool IsValid(string? pin) => pin is { Length: >= 4 and <= 6 } && pin.All(char.IsAsciiDigit);

    /// <summary>What the store keeps of a PIN.</summary>
    public string Hash(string pin) => hasher.HashPassword(_nobody, pin);

    /// <summary>Finds the user with this PIN.</summary>
    /// <param name="attempt">What was said, and where.</param>
    /// <param name="self">Who is signed in on the connection already: only their own PIN counts then.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<PinAnswer> FindAsync(PinAttempt attempt, Guid? self, CancellationToken cancellationToken)
    {
        var isAlone = string.IsNullOrWhiteSpace(attempt.Handle) && self is null;
        var handle = Normalizer.NormalizeName((isAlone ? options.Value.PinUser : attempt.Handle)?.Trim()) ?? "";
        var user = await store.ReadAsync((db, token) => FindAsync(db, handle, self, token), cancellationToken);

        // A try counts for the account by whichever of its names it was made, and for a name without an account in the same way.
        var account = user is null ? $"handle {handle}" : $"account {user.Id}";
        if (!_tries.TryTake(account, $"connection {attempt.Connection}", $"address {attempt.Address}") || (isAlone && !_alone.TryTake(account)))
        {
            return new PinAnswer(PinOutcome.TooManyTries, null);
        }

        if (self is not null && user is { PinHash: null })
        {
            // Signed in by better means, and there is nothing to compare.
            return new PinAnswer(PinOutcome.Right, user);
        }

        var asked = user?.PinHash is null ? _nobody : user;
        var isRight = hasher.VerifyHashedPassword(asked, asked.PinHash!, attempt.Pin) != PasswordVerificationResult.Failed;
        if (!isRight || asked != user)
        {
            return new PinAnswer(PinOutcome.Wrong, null);
        }

        _alone.Forget(account);
        return new PinAnswer(PinOutcome.Right, user);
    }

    private static async Task<AppUser?> FindAsync(ConvonetDb db, string handle, Guid? self, CancellationToken cancellationToken)
    {
        var users = db.Users.AsNoTracking().Where(user => self == null || user.Id == self);
        var found = handle.Length > 0
            ? users.Where(user => user.NormalizedUserName == handle || user.NormalizedEmail == handle)
            : users.Where(user => user.PinHash != null || self != null);
        return await found.OrderBy(user => user.Id).Take(2).ToArrayAsync(cancellationToken) is [var only] ? only : null;
    }
}

/// <summary>Somebody says a PIN.</summary>
/// <param name="Handle">User name or e-mail address; null says that there is only one PIN here.</param>
/// <param name="Pin">The PIN.</param>
/// <param name="Connection">Id of the connection.</param>
/// <param name="Address">Where it comes from.</param>
internal readonly record struct PinAttempt(string? Handle, string Pin, string Connection, string Address)
{
    /// <summary>Keeps the PIN out of whatever prints an attempt.</summary>
    public override string ToString() => nameof(PinAttempt);
}

/// <summary>What came of it.</summary>
internal readonly record struct PinAnswer(PinOutcome Outcome, AppUser? User);

/// <summary>What came of saying a PIN.</summary>
internal enum PinOutcome
{
    /// <summary>It is the user's.</summary>
    Right,

    /// <summary>It is not, or there is no such user, or the user has none.</summary>
    Wrong,

    /// <summary>It was not looked at.</summary>
    TooManyTries,
}
