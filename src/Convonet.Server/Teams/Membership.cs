using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Teams;

/// <summary>The teams that a user is in, and with which role.</summary>
internal static class Membership
{
    /// <summary>The user's own places in teams.</summary>
    public static IQueryable<TeamMember> Mine(this UserScope scope) => scope.Db.TeamMembers.Where(member => member.UserId == scope.UserId);

    /// <summary>The user's role in a team; null when there is no such team or the user is not in it. In a write it stays true until the transaction ends.</summary>
    public static async Task<TeamRole?> RoleInAsync(this UserScope scope, Guid teamId, CancellationToken cancellationToken) =>
        await scope.TakeTeamAsync(teamId, cancellationToken) is null
            ? null
            : (await scope.MembersOf(teamId).FirstOrDefaultAsync(member => member.UserId == scope.UserId, cancellationToken))?.RoleOf();

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

    /// <summary>Takes a team's todos from somebody who does not work there any more: then they are for everybody in the team.</summary>
    public static async Task UnassignAsync(this UserScope scope, Guid teamId, Guid userId, CancellationToken cancellationToken)
    {
        foreach (var todo in await scope.Db.Todos.Where(todo => todo.TeamId == teamId && todo.AssigneeId == userId).ToArrayAsync(cancellationToken))
        {
            todo.AssigneeId = null;
        }
    }
}
