using System.ComponentModel;
using Convonet.Server.Store;
using Convonet.Server.Todos;
using Convonet.Tools;
using Microsoft.Extensions.AI;

namespace Convonet.Server.Teams;

/// <summary>The assistant's tools for teams and people.</summary>
internal static class TeamTools
{
    private const string TeamName = "The team's name, or a part of it that fits only one of the user's teams.";
    private const string Email = "Whole e-mail address of the person's account.";

    private static readonly ToolTraits Creates = new() { Effect = ToolEffect.Store, OncePerTurn = true };
    private static readonly ToolTraits Writes = new() { Effect = ToolEffect.Store };
    private static readonly ToolTraits Reads = new() { Effect = ToolEffect.None, Source = "the user's teams" };

    /// <summary>All of them.</summary>
    public static IEnumerable<AIFunction> All() =>
    [
        ToolFactory.Create(ListAsync, "get_teams", "Lists the teams that the user is in, with the user's role in each.", Reads),
        ToolFactory.Create(MembersAsync, "get_team_members", "Lists who is in a team. Call get_teams first to find its id.", Reads),
        ToolFactory.Create(Create, "create_team", "Makes a team; the user becomes its owner.", Creates),
        ToolFactory.Create(CreateTodo, "create_team_todo", "Adds a todo to a team's list. Call get_teams first to find the team's id.", Creates),
        ToolFactory.Create(AddMember, "add_team_member", "Takes somebody who has an account into a team.", Creates),
        ToolFactory.Create(RemoveMember, "remove_team_member", "Takes somebody out of a team.", Writes),
        ToolFactory.Create(ChangeRole, "change_member_role", "Gives a member of a team another role.", Writes),
        ToolFactory.Create(SearchAsync, "search_users", "Finds people in the user's teams by a part of their name or e-mail address, and anybody by the whole e-mail address. At most 10.", Reads),
    ];

    private static Task<ToolAnswer> ListAsync(ToolContext context, CancellationToken cancellationToken) => context.ReadAsync(
        async (scope, token) =>
        {
            var teams = await new TeamList(scope).ListAsync(token);
            return new ToolAnswer(Written.List("team", "teams", [.. teams.Select(team => team.Line())]), teams);
        },
        cancellationToken);

    private static Task<ToolAnswer> MembersAsync(ToolContext context, [Description("The team's id.")] Guid team_id, CancellationToken cancellationToken) => context.ReadAsync(
        async (scope, token) =>
        {
            var members = await new TeamPeople(scope).ListAsync(team_id, token);
            return new ToolAnswer(Written.List("member", "members", [.. members.Select(member => member.Line())]), members);
        },
        cancellationToken);

    private static ToolCommit Create(ToolContext context, [Description("Its name.")] string name, [Description("What it is for.")] string description = "") =>
        context.Write(async (scope, cancellationToken) =>
        {
            var team = await new TeamList(scope).CreateAsync(new NewTeam { Name = name, Description = description }, cancellationToken);
            return new ToolAnswer($"Created team {Written.Quote(team.Name)}. id: {team.Id}", team);
        });

    private static ToolCommit CreateTodo(
        ToolContext context,
        [Description("What is to be done.")] string title,
        [Description("The team's id.")] Guid team_id,
        [Description("More about it.")] string? description = null,
        [Description("low, medium, high or urgent.")] Importance priority = Importance.Medium,
        [Description("Id of the member who is to do it, from get_team_members. Leave it out for nobody in particular.")] Guid? assignee_id = null,
        [Description(TodoTools.Date + " Leave it out when the user names none.")] string? due_date = null) =>
        context.Write(async (scope, cancellationToken) =>
        {
            var wanted = new NewTodo { Title = title, Description = description, Priority = priority, DueDate = due_date, TeamId = team_id, AssigneeId = assignee_id };
            var todo = await new TodoList(scope).CreateAsync(wanted, cancellationToken);
            return new ToolAnswer(todo.Told("Created"), todo);
        });

    private static ToolCommit AddMember(
        ToolContext context,
        [Description(TeamName)] string team_name,
        [Description(Email)] string email,
        [Description("owner, admin, member or viewer.")] TeamRole role = TeamRole.Member) =>
        context.Write(async (scope, cancellationToken) =>
        {
            var team = await new TeamList(scope).FindAsync(team_name, cancellationToken);
            var member = await new TeamPeople(scope).AddAsync(team.Id, new NewMember { Email = email, Role = role }, cancellationToken);
            return Told("Added", team, member);
        });

    private static ToolCommit RemoveMember(ToolContext context, [Description(TeamName)] string team_name, [Description(Email)] string email) =>
        context.Write(async (scope, cancellationToken) =>
        {
            var (team, people) = (await new TeamList(scope).FindAsync(team_name, cancellationToken), new TeamPeople(scope));
            var member = await people.RemoveAsync(team.Id, await people.FindByEmailAsync(team.Id, email, cancellationToken), cancellationToken);
            return Told("Removed", team, member);
        });

    private static ToolCommit ChangeRole(
        ToolContext context, [Description(TeamName)] string team_name, [Description(Email)] string email, [Description("owner, admin, member or viewer.")] TeamRole new_role) =>
        context.Write(async (scope, cancellationToken) =>
        {
            var (team, people) = (await new TeamList(scope).FindAsync(team_name, cancellationToken), new TeamPeople(scope));
            var member = await people.ChangeRoleAsync(team.Id, await people.FindByEmailAsync(team.Id, email, cancellationToken), new_role, cancellationToken);
            return Told("Updated", team, member);
        });

    private static Task<ToolAnswer> SearchAsync(
        ToolContext context, [Description("A part of a name or address, or a whole e-mail address.")] string search_term, CancellationToken cancellationToken) => context.ReadAsync(
        async (scope, token) =>
        {
            var people = await UserSearch.FindAsync(scope, nameof(search_term), search_term, token);
            return new ToolAnswer(Written.List("person", "people", [.. people.Select(person => person.Line())]), people);
        },
        cancellationToken);

    private static ToolAnswer Told(string verb, TeamView team, MemberView member) =>
        new($"{verb} member {Written.Quote(member.Name)} ({PersonView.Address(member.Email)}{member.Role.Word()}), team {Written.Quote(team.Name)}. id: {member.UserId}", member);
}
