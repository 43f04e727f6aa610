using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Teams;

/// <summary>The teams that a user is in. All others are not there for this user.</summary>
internal sealed class TeamList(UserScope scope)
{
    private const int LongestName = 100;
    private const int LongestDescription = 1000;

    /// <summary>The teams, in order of their names.</summary>
    public async Task<IReadOnlyList<TeamView>> ListAsync(CancellationToken cancellationToken)
    {
        var found = await (
            from own in scope.Mine()
            join team in scope.Db.Teams on own.TeamId equals team.Id
            orderby team.Name, team.Id
            select new { Team = team, Own = own, Members = scope.Db.TeamMembers.Count(member => member.TeamId == team.Id) }).ToArrayAsync(cancellationToken);
        return [.. found.Select(one => new TeamView(one.Team.Id, one.Team.Name, one.Team.Description, one.Own.RoleOf(), one.Members))];
    }

    /// <summary>One team.</summary>
    /// <exception cref="RefusedException">There is no such team, or the user is not in it.</exception>
    public async Task<TeamView> GetAsync(Guid id, CancellationToken cancellationToken)
    {
        var role = await scope.RequireRoleAsync(id, cancellationToken);
        var team = await scope.Db.Teams.SingleAsync(one => one.Id == id, cancellationToken);
        return new TeamView(id, team.Name, team.Description, role, await scope.MembersOf(id).CountAsync(cancellationToken));
    }

    /// <summary>The team that a name means: the one of that name, else the only one with these letters in its name.</summary>
    /// <exception cref="RefusedException">None or several. A team of other people is none: the answer is the same.</exception>
    public async Task<TeamView> FindAsync(string name, CancellationToken cancellationToken)
    {
        const string Field = "team_name";
        var wanted = Written.Required(Field, name, LongestName);
        var teams = await ListAsync(cancellationToken);
        return Only(team => team.Name == wanted)
            ?? Only(team => team.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
            ?? Only(team => team.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase))
            ?? throw RefusedException.Invalid(Field, teams.Count == 0 ? "You are in no team." : $"You are in no team of this name. Your teams are: {Names(teams)}.");

        TeamView? Only(Func<TeamView, bool> fits) => teams.Where(fits).ToArray() switch
        {
            [] => null,
            [var one] => one,
            var several => throw RefusedException.Invalid(Field, $"Several of your teams fit this name: {Names(several)}. Write the whole name of one."),
        };

        static string Names(IEnumerable<TeamView> teams) => string.Join(", ", teams.Select(team => Written.Quote(team.Name)));
    }

    /// <summary>Makes a team; its maker becomes its owner.</summary>
    public async Task<TeamView> CreateAsync(NewTeam wanted, CancellationToken cancellationToken)
    {
        var team = new Team
        {
            Id = scope.NewId(),
            Name = Written.Required("name", wanted.Name, LongestName),
            Description = Written.Optional("description", wanted.Description, LongestDescription) ?? "",
            CreatedAt = scope.UtcNow,
        };
        // Among the user's own: what others call theirs is told to nobody.
        if ((await ListAsync(cancellationToken)).Any(own => own.Name.Equals(team.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw RefusedException.Conflict("There is a team of this name already. Choose another one.");
        }

        scope.Db.Teams.Add(team);
        scope.Db.TeamMembers.Add(new TeamMember { Id = scope.NewId(), TeamId = team.Id, UserId = scope.UserId, Role = TeamRole.Owner.Word(), JoinedAt = scope.UtcNow });
        scope.Summary = Written.Summary("Made team", team.Name);
        return new TeamView(team.Id, team.Name, team.Description, TeamRole.Owner, 1);
    }

    /// <summary>Deletes a team with its todos. Undo brings all of it back.</summary>
    public async Task<TeamView> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        var team = await GetAsync(id, cancellationToken);
        if (!TeamRules.MayDeleteTeam(team.Role))
        {
            throw RefusedException.Forbidden("Only an owner may delete a team.");
        }

        scope.Db.Todos.RemoveRange(await scope.Db.Todos.Where(todo => todo.TeamId == id).ToArrayAsync(cancellationToken));
        scope.Db.TeamMembers.RemoveRange(await scope.MembersOf(id).ToArrayAsync(cancellationToken));
        scope.Db.Teams.Remove(await scope.Db.Teams.SingleAsync(one => one.Id == id, cancellationToken));
        scope.Summary = Written.Summary("Deleted team", team.Name);
        return team;
    }
}
