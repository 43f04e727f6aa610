using Convonet.Server.Accounts;
using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Teams;

/// <summary>The people of one of the user's teams. What the user may do to their places, <see cref="TeamRules"/> says.</summary>
internal sealed class TeamPeople(UserScope scope)
{
    /// <summary>Who is in a team, owners first.</summary>
    /// <exception cref="RefusedException">There is no such team, or the user is not in it.</exception>
    public async Task<IReadOnlyList<MemberView>> ListAsync(Guid teamId, CancellationToken cancellationToken)
    {
        await scope.RequireRoleAsync(teamId, cancellationToken);
        var found = await (
            from member in scope.MembersOf(teamId)
            join user in scope.Db.Users on member.UserId equals user.Id
            select new { Member = member, User = user }).ToArrayAsync(cancellationToken);
        return [.. found.Select(one => View(one.User, one.Member.RoleOf())).OrderByDescending(one => one.Role).ThenBy(one => one.Name, StringComparer.OrdinalIgnoreCase).ThenBy(one => one.UserId)];
    }

    /// <summary>Takes somebody in.</summary>
    public async Task<MemberView> AddAsync(Guid teamId, NewMember wanted, CancellationToken cancellationToken)
    {
        var own = await scope.RequireRoleAsync(teamId, cancellationToken);
        if (!TeamRules.MayGive(own, wanted.Role))
        {
            throw RefusedException.Forbidden($"As {own.Word()} of this team you cannot take anybody in as {wanted.Role.Word()}.");
        }

        var user = await UserSearch.ByEmailAsync(scope, wanted.Email, cancellationToken) ?? throw RefusedException.Invalid("email", "Nobody has an account with this e-mail address.");
        if (await scope.MembersOf(teamId).AnyAsync(member => member.UserId == user.Id, cancellationToken))
        {
            throw RefusedException.Conflict($"{Written.Quote(user.Name)} is in this team already.");
        }

        scope.Db.TeamMembers.Add(new TeamMember { Id = scope.NewId(), TeamId = teamId, UserId = user.Id, Role = wanted.Role.Word(), JoinedAt = scope.UtcNow });
        scope.Summary = Written.Summary("Took in", user.Name);
        return View(user, wanted.Role);
    }

    /// <summary>Sends somebody away, or leaves. The team's todos that were theirs to do are nobody's then.</summary>
    public async Task<MemberView> RemoveAsync(Guid teamId, Guid userId, CancellationToken cancellationToken)
    {
        var own = await scope.RequireRoleAsync(teamId, cancellationToken);
        var (place, user) = await FindAsync(teamId, userId, cancellationToken);
        if (userId != scope.UserId && !TeamRules.MayChange(own, place.RoleOf()))
        {
            throw RefusedException.Forbidden($"As {own.Word()} of this team you cannot send {Article(place.RoleOf())} away.");
        }

        await KeepAnOwnerAsync(place, cancellationToken);
        await scope.UnassignAsync(teamId, userId, cancellationToken);
        scope.Db.TeamMembers.Remove(place);
        scope.Summary = userId == scope.UserId ? "Left a team." : Written.Summary("Sent away", user.Name);
        return View(user, place.RoleOf());
    }

    /// <summary>Gives somebody another role.</summary>
    public async Task<MemberView> ChangeRoleAsync(Guid teamId, Guid userId, TeamRole role, CancellationToken cancellationToken)
    {
        var own = await scope.RequireRoleAsync(teamId, cancellationToken);
        var (place, user) = await FindAsync(teamId, userId, cancellationToken);
        if (!TeamRules.MayChange(own, place.RoleOf()) || !TeamRules.MayGive(own, role))
        {
            throw RefusedException.Forbidden($"As {own.Word()} of this team you cannot make {Article(role)} of {Article(place.RoleOf())}.");
        }

        if (role != TeamRole.Owner)
        {
            await KeepAnOwnerAsync(place, cancellationToken);
        }

        if (!TeamRules.Works(role))
        {
            await scope.UnassignAsync(teamId, userId, cancellationToken);
        }

        place.Role = role.Word();
        scope.Summary = $"Made {user.Name} {Article(role)}.";
        return View(user, role);
    }

    /// <summary>The id of a member.</summary>
    /// <exception cref="RefusedException">Nobody in the team has this address, whether or not there is such an account.</exception>
    public async Task<Guid> FindByEmailAsync(Guid teamId, string email, CancellationToken cancellationToken) =>
        await UserSearch.ByEmailAsync(scope, email, cancellationToken) is { } user && await scope.MembersOf(teamId).AnyAsync(member => member.UserId == user.Id, cancellationToken)
            ? user.Id
            : throw RefusedException.Invalid("email", "Nobody in this team has this e-mail address.");

    private async Task<(TeamMember Place, AppUser User)> FindAsync(Guid teamId, Guid userId, CancellationToken cancellationToken) =>
        await scope.MembersOf(teamId).FirstOrDefaultAsync(member => member.UserId == userId, cancellationToken) is { } place
            ? (place, await scope.Db.Users.AsNoTracking().SingleAsync(user => user.Id == userId, cancellationToken))
            : throw RefusedException.NotFound("member");

    private async Task KeepAnOwnerAsync(TeamMember place, CancellationToken cancellationToken)
    {
        var owner = TeamRole.Owner.Word();
        if (place.Role == owner && !await scope.MembersOf(place.TeamId).AnyAsync(other => other.Role == owner && other.Id != place.Id, cancellationToken))
        {
            throw RefusedException.Conflict("A team needs an owner. Make somebody else an owner first.");
        }
    }

    private static MemberView View(AppUser user, TeamRole role) => new(user.Id, user.Name, user.Email, role);

    private static string Article(TeamRole role) => role is TeamRole.Owner or TeamRole.Admin ? $"an {role.Word()}" : $"a {role.Word()}";
}
