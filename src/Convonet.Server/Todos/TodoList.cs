using Convonet.Server.Calendar;
using Convonet.Server.Store;
using Convonet.Server.Teams;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Todos;

/// <summary>The todos that a user sees: their own, those that they were given, and those of their teams. What they may do to each, <see cref="TeamRules"/> says.</summary>
internal sealed class TodoList(UserScope scope)
{
    private const int LongestTitle = 500;
    private const int LongestDescription = 4000;
    private const int MostListed = 500;

    /// <summary>Writes a todo down.</summary>
    public async Task<TodoView> CreateAsync(NewTodo wanted, CancellationToken cancellationToken)
    {
        var todo = new Todo
        {
            Id = scope.NewId(),
            OwnerId = scope.UserId,
            TeamId = wanted.TeamId,
            AssigneeId = wanted.AssigneeId,
            Title = Written.Required("title", wanted.Title, LongestTitle),
            Description = Written.Optional("description", wanted.Description, LongestDescription),
            Priority = wanted.Priority.Word(),
            DueDate = Due(wanted.DueDate),
            CreatedAt = scope.UtcNow,
        };
        if (todo.TeamId is { } team && !TeamRules.Works(await scope.RequireRoleAsync(team, cancellationToken)))
        {
            throw RefusedException.Forbidden("As a viewer you cannot add todos to this team.");
        }

        await CheckAssigneeAsync(todo, cancellationToken);
        scope.Db.Todos.Add(todo);
        scope.Summary = Written.Summary("Added", todo.Title);
        return await ViewAsync(todo, cancellationToken);
    }

    /// <summary>The todos, open ones first, then in the order in which they were written down.</summary>
    public async Task<IReadOnlyList<TodoView>> ListAsync(bool includeDone, CancellationToken cancellationToken) => await ViewAsync(
        await Visible().Where(todo => includeDone || !todo.Completed)
            .OrderBy(todo => todo.Completed).ThenBy(todo => todo.CreatedAt).ThenBy(todo => todo.Id).Take(MostListed).ToArrayAsync(cancellationToken),
        cancellationToken);

    /// <summary>One todo.</summary>
    /// <exception cref="RefusedException">There is no such todo for this user.</exception>
    public async Task<TodoView> GetAsync(Guid id, CancellationToken cancellationToken) => await ViewAsync(await FindAsync(id, TodoRights.Read, "", cancellationToken), cancellationToken);

    /// <summary>Marks a todo as done.</summary>
    public async Task<TodoView> CompleteAsync(Guid id, CancellationToken cancellationToken)
    {
        var todo = await FindAsync(id, TodoRights.Complete, "complete", cancellationToken);
        todo.Completed = true;
        scope.Summary = Written.Summary("Completed", todo.Title);
        return await ViewAsync(todo, cancellationToken);
    }

    /// <summary>Changes a todo.</summary>
    public async Task<TodoView> UpdateAsync(Guid id, TodoPatch patch, CancellationToken cancellationToken)
    {
        var onlyCompletes = patch is { Completed: not null, Title: null, Description: null, Priority: null, DueDate: null, AssigneeId: null };
        var todo = await FindAsync(id, onlyCompletes ? TodoRights.Complete : TodoRights.Edit, onlyCompletes ? "complete" : "change", cancellationToken);
        scope.Summary = onlyCompletes ? Written.Summary(patch.Completed is true ? "Completed" : "Reopened", todo.Title) : Written.Summary("Changed", patch.Title ?? todo.Title);
        if (patch.Title is not null)
        {
            todo.Title = Written.Required("title", patch.Title, LongestTitle);
        }

        if (patch.Description is not null)
        {
            todo.Description = Written.Optional("description", patch.Description, LongestDescription);
        }

        if (patch.DueDate is not null)
        {
            todo.DueDate = Due(patch.DueDate);
        }

        todo.Priority = patch.Priority?.Word() ?? todo.Priority;
        todo.Completed = patch.Completed ?? todo.Completed;
        if (patch.AssigneeId is not null)
        {
            todo.AssigneeId = AssigneeOf(patch.AssigneeId);
            await CheckAssigneeAsync(todo, cancellationToken);
        }

        return await ViewAsync(todo, cancellationToken);
    }

    /// <summary>Deletes a todo.</summary>
    /// <returns>What it was.</returns>
    public async Task<TodoView> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        var todo = await FindAsync(id, TodoRights.Delete, "delete", cancellationToken);
        scope.Db.Todos.Remove(todo);
        scope.Summary = Written.Summary("Deleted", todo.Title);
        return await ViewAsync(todo, cancellationToken);
    }

    /// <summary>The todos that the user sees.</summary>
    public IQueryable<Todo> Visible() => scope.Db.Todos.Where(todo =>
        (todo.TeamId == null && (todo.OwnerId == scope.UserId
            // A private todo is given to team mates: who has left the owner's last team with them has lost it.
            || (todo.AssigneeId == scope.UserId && scope.Db.TeamMembers.Any(theirs => theirs.UserId == todo.OwnerId && scope.Mine().Any(mine => mine.TeamId == theirs.TeamId)))))
        || scope.Mine().Any(member => member.TeamId == todo.TeamId));

    /// <summary>A todo on which the user has a right.</summary>
    /// <exception cref="RefusedException">It is not there for this user, or the user sees it but may not do this.</exception>
    private async Task<Todo> FindAsync(Guid id, TodoRights needed, string verb, CancellationToken cancellationToken)
    {
        var todo = await Visible().FirstOrDefaultAsync(one => one.Id == id, cancellationToken) ?? throw RefusedException.NotFound("todo");
        var role = todo.TeamId is { } team ? await scope.RoleInAsync(team, cancellationToken) : null;
        return TeamRules.RightsOn(todo, scope.UserId, role).HasFlag(needed) ? todo : throw RefusedException.Forbidden($"You may not {verb} this todo.");
    }

    /// <summary>A team's todo is done by somebody who works in the team, a private one by its owner or somebody who shares a team with them.</summary>
    private async Task CheckAssigneeAsync(Todo todo, CancellationToken cancellationToken)
    {
        if (todo.AssigneeId is not { } assignee)
        {
            return;
        }

        if (todo.TeamId is { } team)
        {
            var place = await scope.MembersOf(team).FirstOrDefaultAsync(member => member.UserId == assignee, cancellationToken)
                ?? throw RefusedException.Invalid("assignee_id", "The assignee is not in this team.");
            if (!TeamRules.Works(place.RoleOf()))
            {
                throw RefusedException.Invalid("assignee_id", "The assignee is a viewer of this team, and viewers only read.");
            }
        }
        else if (assignee == todo.OwnerId)
        {
            todo.AssigneeId = null;
        }
        else if (!await scope.TeamMates().ContainsAsync(assignee, cancellationToken))
        {
            throw RefusedException.Invalid("assignee_id", "The assignee is in none of your teams.");
        }
    }

    private static Guid? AssigneeOf(string text) =>
        text.Length == 0 ? null : Guid.TryParse(text, out var id) ? id : throw RefusedException.Invalid("assignee_id", "The assignee's id is malformed.");

    private DateTime? Due(string? text) => string.IsNullOrWhiteSpace(text) ? null : RefusedException.In("due_date", () => WrittenTime.Read(text, scope)).Wall;

    private async Task<TodoView> ViewAsync(Todo todo, CancellationToken cancellationToken) => (await ViewAsync([todo], cancellationToken))[0];

    private async Task<TodoView[]> ViewAsync(IReadOnlyList<Todo> todos, CancellationToken cancellationToken)
    {
        var teamIds = todos.Select(todo => todo.TeamId).OfType<Guid>().Distinct().ToArray();
        var peopleIds = todos.Select(todo => todo.AssigneeId).OfType<Guid>().Distinct().ToArray();
        var teams = teamIds.Length == 0 ? [] : await scope.Db.Teams.Where(team => teamIds.Contains(team.Id)).ToDictionaryAsync(team => team.Id, team => team.Name, cancellationToken);
        var people = peopleIds.Length == 0 ? [] : await scope.Db.Users.Where(user => peopleIds.Contains(user.Id)).ToDictionaryAsync(user => user.Id, user => user.Name, cancellationToken);
        return
        [
            .. todos.Select(todo => new TodoView(
                todo.Id,
                todo.Title,
                todo.Description,
                todo.Priority,
                TodoView.Date(todo.DueDate),
                todo.Completed,
                todo.TeamId,
                todo.TeamId is { } team ? teams.GetValueOrDefault(team) : null,
                todo.AssigneeId,
                todo.AssigneeId is { } person ? people.GetValueOrDefault(person) : null,
                todo.CreatedAt)),
        ];
    }
}
