namespace Convonet.Server.Accounts;

/// <summary>Somebody's being signed in.</summary>
/// <param name="User">Who.</param>
/// <param name="Stamp">The account's security stamp of then; a new password changes it.</param>
/// <param name="Session">Tells the sign-ins of one user apart; null for the local owner, who never signed in.</param>
internal sealed record SignIn(Guid User, string Stamp, string? Session)
{
    /// <summary>The session of every connection that was signed in by PIN.</summary>
    public const string ByPin = "pin";

    /// <summary>A sign-in by PIN; another PIN ends it.</summary>
    public static SignIn OfPin(AppUser user) => new(user.Id, StampOf(user.SecurityStamp, user.PinHash, ByPin)!, ByPin);

    /// <summary>What the stamp of such a sign-in must be.</summary>
    public static string? StampOf(string? stamp, string? pinHash, string? session) => session == ByPin ? $"{stamp} {pinHash}" : stamp;

    /// <summary>Keeps stamps out of whatever prints a sign-in.</summary>
    public override string ToString() => $"sign-in of {User}";
}
