using Convonet.Server.Todos;

namespace Convonet.Server.Teams;

/// <summary>What a user may do with a todo.</summary>
[Flags]
internal enum TodoRights
{
    /// <summary>Nothing: for this user it is not there.</summary>
    None = 0,

    /// <summary>See it.</summary>
    Read = 1,

    /// <summary>Mark it as done, or as not done.</summary>
    Complete = 2,

    /// <summary>Change anything of it.</summary>
    Edit = 4,

    /// <summary>Delete it.</summary>
    Delete = 8,
}

/// <summary>
/// Who may do what: the one place that says so, for tools, endpoints and undo. Viewers read. Members make and edit the team's todos and delete their own. Admins and
/// owners edit and delete all of them, and take people in and send them away; only owners touch owners. A team always keeps an owner.
/// </summary>
internal static class TeamRules
{
    /// <summary>Rights on a todo.</summary>
    /// <param name="todo">The todo.</param>
    /// <param name="userId">The user.</param>
    /// <param name="role">The user's role in the todo's team; null when the user is not in it, or when it is nobody's team.</param>
    /// <remarks>A team's todo belongs to the team: whoever left it has lost it, also who wrote it down.</remarks>
    public static TodoRights RightsOn(Todo todo, Guid userId, TeamRole? role)
    {
        const TodoRights Worker = TodoRights.Read | TodoRights.Complete | TodoRights.Edit;
        return todo.TeamId is null
            ? todo.OwnerId == userId ? Worker | TodoRights.Delete : todo.AssigneeId == userId ? TodoRights.Read | TodoRights.Complete : TodoRights.None
            : role switch
            {
                TeamRole.Admin or TeamRole.Owner => Worker | TodoRights.Delete,
                TeamRole.Member => todo.OwnerId == userId ? Worker | TodoRights.Delete : Worker,
                TeamRole.Viewer => TodoRights.Read,
                _ => TodoRights.None,
            };
    }

    /// <summary>Whether somebody with this role works on the team's todos: makes them and can be given them.</summary>
    public static bool Works(TeamRole role) => role >= TeamRole.Member;

    /// <summary>Whether somebody may take people in with a role, or give it to somebody who is in.</summary>
    public static bool MayGive(TeamRole actor, TeamRole role) => actor == TeamRole.Owner || (actor == TeamRole.Admin && role < TeamRole.Owner);

    /// <summary>Whether somebody may send away, or give another role to, somebody who has this role. Everybody may leave.</summary>
    public static bool MayChange(TeamRole actor, TeamRole role) => MayGive(actor, role);

    /// <summary>Whether somebody may delete the team with all that it has.</summary>
    public static bool MayDeleteTeam(TeamRole actor) => actor == TeamRole.Owner;
}
