using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Teams;

/// <summary>The teams that a user is in, and with which role.</summary>
internal static class Membership
{
    /// <summary>The user's own places in teams.</summary>
    public static IQueryable<TeamMember> Mine(this UserScope scope) => scope.Db.TeamMembers.Where(member => member.UserId == scope.UserId);

    /// <summary>The user's role in a team; null when the user is not in it.</summary>
    public static async Task<TeamRole?> RoleInAsync(this UserScope scope, Guid teamId, CancellationToken cancellationToken) =>
        (await scope.MembersOf(teamId).FirstOrDefaultAsync(member => member.UserId == scope.UserId, cancellationToken))?.RoleOf();

    /// <summary>The user's role in a team.</summary>
    /// <exception cref="RefusedException">There is no such team, or the user is not in it.</exception>
    public static async Task<TeamRole> RequireRoleAsync(this UserScope scope, Guid teamId, CancellationToken cancellationToken) =>
        await scope.RoleInAsync(teamId, cancellationToken) ?? throw RefusedException.NotFound("team");

    /// <summary>Everybody's places in a team, whoever the user is.</summary>
    public static IQueryable<TeamMember> MembersOf(this UserScope scope, Guid teamId) => scope.Db.TeamMembers.Where(member => member.TeamId == teamId);

    /// <summary>Ids of the people who share a team with the user, the user included when in a team.</summary>
    public static IQueryable<Guid> TeamMates(this UserScope scope) => scope.Db.TeamMembers
        .Where(member => scope.Db.TeamMembers.Any(own => own.UserId == scope.UserId && own.TeamId == member.TeamId))
        .Select(member => member.UserId)
        .Distinct();
}
