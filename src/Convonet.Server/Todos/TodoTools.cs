using System.ComponentModel;
using Convonet.Server.Calendar;
using Convonet.Server.Store;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;

namespace Convonet.Server.Todos;

/// <summary>The assistant's tools for todos.</summary>
internal sealed class TodoTools(IDbContextFactory<ConvonetDb> database, TimeProvider time)
{
    public IEnumerable<AIFunction> All() =>
    [
        ToolFactory.Create(CreateAsync, "create_todo", "Adds an item to the user's todo list."),
        ToolFactory.Create(ListAsync, "get_todos", "Lists the user's todos, open ones first."),
        ToolFactory.Create(CompleteAsync, "complete_todo", "Marks a todo as done. Call get_todos first to find its id."),
        ToolFactory.Create(DeleteAsync, "delete_todo", "Deletes a todo for good. Call get_todos first to find its id."),
    ];

    private async Task<TodoView> CreateAsync(
        [Description("What is to be done.")] string title,
        [Description("More about it.")] string? description = null,
        [Description("low, medium, high or urgent.")] Importance priority = Importance.Medium,
        [Description("When it is due: yyyy-MM-dd, or yyyy-MM-ddTHH:mm, in the user's time.")] string? due_date = null,
        CancellationToken cancellationToken = default)
    {
        await using var db = await database.CreateDbContextAsync(cancellationToken);
        var todo = new Todo
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            Title = title,
            Description = description,
            Priority = priority.ToString().ToLowerInvariant(),
            DueDate = LocalTime.ParseOptional(due_date, time),
            CreatedAt = time.GetUtcNow().UtcDateTime,
        };
        db.Todos.Add(todo);
        await db.SaveChangesAsync(cancellationToken);
        return TodoView.Of(todo);
    }

    private async Task<TodoView[]> ListAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await database.CreateDbContextAsync(cancellationToken);
        var todos = await db.Todos.AsNoTracking().OrderBy(todo => todo.Completed).ThenBy(todo => todo.CreatedAt).Take(100).ToArrayAsync(cancellationToken);
        return [.. todos.Select(TodoView.Of)];
    }

    private async Task<string> CompleteAsync([Description("The todo's id.")] Guid id, CancellationToken cancellationToken = default)
    {
        await using var db = await database.CreateDbContextAsync(cancellationToken);
        var changed = await db.Todos.Where(todo => todo.Id == id)
            .ExecuteUpdateAsync(update => update.SetProperty(todo => todo.Completed, true), cancellationToken);
        return changed == 1 ? "Marked as done." : throw NotFound();
    }

    private async Task<string> DeleteAsync([Description("The todo's id.")] Guid id, CancellationToken cancellationToken = default)
    {
        await using var db = await database.CreateDbContextAsync(cancellationToken);
        return await db.Todos.Where(todo => todo.Id == id).ExecuteDeleteAsync(cancellationToken) == 1 ? "Deleted." : throw NotFound();
    }

    private static ToolException NotFound() => new("There is no todo with this id. Call get_todos to find the right one.");
}

/// <summary>A todo as the model and the page see it.</summary>
internal sealed record TodoView(Guid Id, string Title, string? Description, string Priority, string? DueDate, bool Completed)
{
    public static TodoView Of(Todo todo) => new(todo.Id, todo.Title, todo.Description, todo.Priority, todo.DueDate?.ToString("s"), todo.Completed);
}
