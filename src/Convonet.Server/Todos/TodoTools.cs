using System.ComponentModel;
using Convonet.Server.Store;
using Convonet.Tools;
using Microsoft.Extensions.AI;

namespace Convonet.Server.Todos;

/// <summary>The assistant's tools for todos.</summary>
internal static class TodoTools
{
    /// <summary>How many todos a model is told of; the page has all.</summary>
    private const int MostTold = 100;

    internal const string Date = "When it is due: yyyy-MM-dd, or yyyy-MM-ddTHH:mm, in the user's time.";

    private static readonly ToolTraits Creates = new() { Effect = ToolEffect.Store, OncePerTurn = true };
    private static readonly ToolTraits Writes = new() { Effect = ToolEffect.Store };
    private static readonly ToolTraits Reads = new() { Effect = ToolEffect.None, Source = "the user's todo list" };

    /// <summary>All of them.</summary>
    public static IEnumerable<AIFunction> All() =>
    [
        ToolFactory.Create(Create, "create_todo", "Adds an item to the user's todo list.", Creates),
        ToolFactory.Create(ListAsync, "get_todos", "Lists the todos of the user and of the user's teams, open ones first.", Reads),
        ToolFactory.Create(Complete, "complete_todo", "Marks a todo as done. Call get_todos first to find its id.", Writes),
        ToolFactory.Create(Update, "update_todo", "Changes a todo; what is left out stays. Call get_todos first to find its id.", Writes),
        ToolFactory.Create(Delete, "delete_todo", "Deletes a todo. Call get_todos first to find its id.", Writes),
    ];

    private static ToolCommit Create(
        ToolContext context,
        [Description("What is to be done.")] string title,
        [Description("More about it.")] string? description = null,
        [Description("low, medium, high or urgent.")] Importance priority = Importance.Medium,
        [Description(Date + " Leave it out when the user names none.")] string? due_date = null,
        [Description("Id of the team that it is for, from get_teams. Leave it out for a private todo.")] Guid? team_id = null,
        [Description("Id of who is to do it, from get_team_members or search_users. Leave it out for the user.")] Guid? assignee_id = null) =>
        context.Write(async (scope, cancellationToken) =>
        {
            var wanted = new NewTodo { Title = title, Description = description, Priority = priority, DueDate = due_date, TeamId = team_id, AssigneeId = assignee_id };
            var todo = await new TodoList(scope).CreateAsync(wanted, cancellationToken);
            return new ToolAnswer(todo.Told("Created"), todo);
        });

    private static Task<ToolAnswer> ListAsync(ToolContext context, CancellationToken cancellationToken) => context.ReadAsync(
        async (scope, token) =>
        {
            var todos = await new TodoList(scope).ListAsync(includeDone: true, token);
            return new ToolAnswer(Written.List("todo", "todos", [.. todos.Take(MostTold).Select(todo => todo.Line())], todos.Count - MostTold), todos.Take(MostTold));
        },
        cancellationToken);

    private static ToolCommit Complete(ToolContext context, [Description("The todo's id.")] Guid id) => context.Write(async (scope, cancellationToken) =>
    {
        var todo = await new TodoList(scope).CompleteAsync(id, cancellationToken);
        return new ToolAnswer(todo.Told("Completed"), todo);
    });

    private static ToolCommit Update(
        ToolContext context,
        [Description("The todo's id.")] Guid id,
        [Description("What is to be done.")] string? title = null,
        [Description("More about it; an empty text takes it away.")] string? description = null,
        [Description("low, medium, high or urgent.")] Importance? priority = null,
        [Description(Date + " An empty text takes the date away.")] string? due_date = null,
        [Description("Whether it is done.")] bool? completed = null) =>
        context.Write(async (scope, cancellationToken) =>
        {
            var patch = new TodoPatch { Priority = priority, Completed = completed };

            // A model that sends null for a parameter that it leaves out must not take anything away.
            patch = title is null ? patch : patch with { Title = title };
            patch = description is null ? patch : patch with { Description = description };
            patch = due_date is null ? patch : patch with { DueDate = due_date };
            var todo = await new TodoList(scope).UpdateAsync(id, patch, cancellationToken);
            return new ToolAnswer(todo.Told("Updated"), todo);
        });

    private static ToolCommit Delete(ToolContext context, [Description("The todo's id.")] Guid id) => context.Write(async (scope, cancellationToken) =>
    {
        var todo = await new TodoList(scope).DeleteAsync(id, cancellationToken);
        return new ToolAnswer(todo.Told("Deleted"), todo);
    });
}
