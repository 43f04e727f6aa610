using Convonet.Server.Accounts;
using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Teams;

/// <summary>
/// Finds people. Whoever knows somebody's whole e-mail address finds them, as is needed to take them into a team; by a part of the name or of the address
/// only the people are found who share a team with the user. So nobody can list the accounts of a server.
/// </summary>
internal static class UserSearch
{
    /// <summary>How many people are found at most.</summary>
    private const int Most = 10;

    private const int LongestTerm = 254;

    /// <summary>Finds people.</summary>
    /// <param name="scope">The user who looks for them.</param>
    /// <param name="field">What callers call <paramref name="term"/>.</param>
    /// <param name="term">A part of a name or of an address, or a whole address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IReadOnlyList<PersonView>> FindAsync(UserScope scope, string field, string? term, CancellationToken cancellationToken)
    {
        var wanted = Written.Required(field, term, LongestTerm);
        var mates = await scope.Db.Users.Where(user => user.Id == scope.UserId || scope.TeamMates().Contains(user.Id)).ToArrayAsync(cancellationToken);
        var found = mates.Where(user => Fits(user.Name) || Fits(user.Email)).ToList();
        if (await ByEmailAsync(scope, wanted, cancellationToken) is { } exact && found.TrueForAll(user => user.Id != exact.Id))
        {
            found.Add(exact);
        }

        return [.. found.OrderBy(user => user.Name, StringComparer.OrdinalIgnoreCase).ThenBy(user => user.Id).Take(Most).Select(user => new PersonView(user.Id, user.Name, user.Email))];

        bool Fits(string? text) => text?.Contains(wanted, StringComparison.OrdinalIgnoreCase) is true;
    }

    /// <summary>The account with an e-mail address; null when there is none.</summary>
    public static async Task<AppUser?> ByEmailAsync(UserScope scope, string? email, CancellationToken cancellationToken)
    {
        // As Identity's own normalizer writes it.
        var normalized = Written.Required("email", email, LongestTerm).Normalize().ToUpperInvariant();
        return await scope.Db.Users.AsNoTracking().FirstOrDefaultAsync(user => user.NormalizedEmail == normalized, cancellationToken);
    }
}
