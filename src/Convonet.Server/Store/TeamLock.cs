using Convonet.Server.Teams;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Store;

/// <summary>Makes the writers of one team wait for each other.</summary>
internal static class TeamLock
{
    /// <summary>
    /// Takes a team until the transaction ends, so that what is read of its members stays true: two owners who leave at once must not both find the other one.
    /// Nothing in reads; on SQLite, where one transaction writes at a time, nothing either.
    /// </summary>
    /// <returns>The team, as it is now; null when there is none.</returns>
    public static async Task<Team?> TakeTeamAsync(this UserScope scope, Guid teamId, CancellationToken cancellationToken)
    {
        if (scope.Db.Database.CurrentTransaction is not null && scope.Db.Database.IsNpgsql())
        {
            await scope.Db.Teams.FromSql($"""SELECT * FROM teams WHERE "Id" = {teamId} FOR UPDATE""").AsNoTracking().ToListAsync(cancellationToken);
        }

        return await scope.Db.Teams.FirstOrDefaultAsync(team => team.Id == teamId, cancellationToken);
    }
}
