using Convonet.Server.Calendar;
using Convonet.Server.Reminders;
using Convonet.Server.Teams;
using Convonet.Server.Todos;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Store;

/// <summary>
/// Whether something can be taken back: nobody has changed it since, the user may do the opposite now, and the result is one that the features would allow.
/// </summary>
internal sealed class UndoRules(UserScope scope, IReadOnlyList<UndoStep> steps)
{
    private readonly Dictionary<Guid, TeamRole?> _roles = [];

    /// <summary>What is in the way; null when nothing is.</summary>
    public async Task<RefusedException?> ObstacleAsync(CancellationToken cancellationToken)
    {
        if (!steps.All(step => step.IsUntouched))
        {
            return RefusedException.Conflict("This cannot be taken back: something of it has been changed since.");
        }

        foreach (var step in steps)
        {
            if (!await MayAsync(step, cancellationToken))
            {
                return RefusedException.Forbidden("You may not take this back any more.");
            }
        }

        return await MisfitAsync(cancellationToken);
    }

    private Task<bool> MayAsync(UndoStep step, CancellationToken cancellationToken) => step.Row switch
    {
        Reminder reminder => Task.FromResult(reminder.OwnerId == scope.UserId),
        CalendarEvent appointment => Task.FromResult(appointment.OwnerId == scope.UserId),
        Todo => MayTodoAsync(step.Before as Todo, step.Now as Todo, cancellationToken),
        TeamMember => MayMemberAsync(step.Before as TeamMember, step.Now as TeamMember, cancellationToken),
        Team team => MayTeamAsync(team, step.Now is null, cancellationToken),
        _ => Task.FromResult(true),
    };

    private async Task<bool> MayTodoAsync(Todo? before, Todo? now, CancellationToken cancellationToken)
    {
        var needed = before is null || now is null ? TodoRights.Delete : OnlyCompletes(before, now) ? TodoRights.Complete : TodoRights.Edit;
        foreach (var todo in new[] { before, now }.OfType<Todo>())
        {
            if (todo.TeamId is { } gone && OfThisSet(gone))
            {
                continue;
            }

            var role = todo.TeamId is { } team ? await RoleAsync(team, cancellationToken) : null;
            if (!TeamRules.RightsOn(todo, scope.UserId, role).HasFlag(needed))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> MayMemberAsync(TeamMember? before, TeamMember? now, CancellationToken cancellationToken) =>
        OfThisSet((now ?? before)!.TeamId)
        || (await RoleAsync((now ?? before)!.TeamId, cancellationToken) is { } own
            && (now is null || TeamRules.MayChange(own, now.RoleOf()) || (before is null && now.UserId == scope.UserId))
            && (before is null || TeamRules.MayGive(own, before.RoleOf())));

    /// <summary>A team comes back for whoever deleted it, as its owner; it goes for its owner.</summary>
    private async Task<bool> MayTeamAsync(Team team, bool deleted, CancellationToken cancellationToken) => deleted
        ? steps.Any(step => step.Before is TeamMember member && member.TeamId == team.Id && member.UserId == scope.UserId && TeamRules.MayDeleteTeam(member.RoleOf()))
        : await RoleAsync(team.Id, cancellationToken) is { } own && TeamRules.MayDeleteTeam(own);

    /// <summary>Whether the set made or deleted this team: what it has comes and goes with it.</summary>
    private bool OfThisSet(Guid teamId) => steps.Any(step => step.Row is Team team && team.Id == teamId && (step.Before is null || step.Now is null));

    private async Task<TeamRole?> RoleAsync(Guid teamId, CancellationToken cancellationToken) =>
        _roles.TryGetValue(teamId, out var known) ? known : _roles[teamId] = await scope.RoleInAsync(teamId, cancellationToken);

    private async Task<RefusedException?> MisfitAsync(CancellationToken cancellationToken)
    {
        foreach (var step in steps)
        {
            var misfit = step switch
            {
                { Before: null, Now: Team made } => await HasMoreAsync(made.Id, cancellationToken) ? "This cannot be taken back: the team has todos or members by now." : null,
                { Before: Team deleted, Now: null } => await scope.Db.Teams.AnyAsync(team => team.Name == deleted.Name && scope.Mine().Any(mine => mine.TeamId == team.Id), cancellationToken)
                    ? "This cannot be taken back: there is another team of this name." : null,
                { Before: TeamMember gone, Now: null } => await scope.MembersOf(gone.TeamId).AnyAsync(member => member.UserId == gone.UserId, cancellationToken)
                    ? "This cannot be taken back: somebody is in the team again already." : null,
                _ => null,
            };
            if (misfit is not null)
            {
                return RefusedException.Conflict(misfit);
            }
        }

        foreach (var team in steps.Select(step => step.Row).OfType<TeamMember>().Select(member => member.TeamId).Distinct().Where(team => !OfThisSet(team)))
        {
            if (!await KeepsAnOwnerAsync(team, cancellationToken))
            {
                return RefusedException.Conflict("This cannot be taken back: the team would have no owner.");
            }
        }

        return null;
    }

    private async Task<bool> HasMoreAsync(Guid teamId, CancellationToken cancellationToken)
    {
        var (todos, members) = (IdsOf<Todo>(), IdsOf<TeamMember>());
        return await scope.Db.Todos.AnyAsync(todo => todo.TeamId == teamId && !todos.Contains(todo.Id), cancellationToken)
            || await scope.MembersOf(teamId).AnyAsync(member => !members.Contains(member.Id), cancellationToken);
    }

    private async Task<bool> KeepsAnOwnerAsync(Guid teamId, CancellationToken cancellationToken)
    {
        var (owner, touched) = (TeamRole.Owner.Word(), IdsOf<TeamMember>());
        return steps.Any(step => step.Before is TeamMember member && member.TeamId == teamId && member.Role == owner)
            || await scope.MembersOf(teamId).AnyAsync(member => member.Role == owner && !touched.Contains(member.Id), cancellationToken);
    }

    private Guid[] IdsOf<T>()
        where T : IUndoable =>
        [.. steps.Select(step => step.Row).OfType<T>().Select(row => row.Id)];

    private static bool OnlyCompletes(Todo before, Todo now) =>
        before.Completed != now.Completed
        && (before.Title, before.Description, before.Priority, before.DueDate, before.AssigneeId, before.TeamId, before.OwnerId)
            == (now.Title, now.Description, now.Priority, now.DueDate, now.AssigneeId, now.TeamId, now.OwnerId);
}
