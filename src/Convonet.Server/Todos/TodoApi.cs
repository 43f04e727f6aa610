using System.ComponentModel;
using System.Security.Claims;
using Convonet.Server.Http;
using Convonet.Server.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Convonet.Server.Todos;

/// <summary>Todos over HTTP.</summary>
internal static class TodoApi
{
    public static void MapTodos(this IEndpointRouteBuilder api)
    {
        var todos = api.MapGroup("/todos").WithTags("todos");
        todos.MapGetWithOptions("", ListAsync).WithSummary("The todos of the user and of the user's teams, open ones first.");
        todos.MapPost("", CreateAsync).WithSummary("Writes a todo down.").ProducesProblem(StatusCodes.Status403Forbidden);
        todos.MapGet("{id}", GetAsync).WithSummary("One todo.");
        todos.MapPatch("{id}", UpdateAsync).WithSummary("Changes a todo; what is left out stays.").ProducesProblem(StatusCodes.Status403Forbidden);
        todos.MapDelete("{id}", DeleteAsync).WithSummary("Deletes a todo.").ProducesProblem(StatusCodes.Status403Forbidden);
    }

    private static async Task<Ok<IReadOnlyList<TodoView>>> ListAsync(
        ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken, [Description("Whether those that are done are listed too.")] bool include_done = false) =>
        TypedResults.Ok(await store.ReadAsync(user, (scope, token) => new TodoList(scope).ListAsync(include_done, token), cancellationToken));

    private static async Task<Created<TodoView>> CreateAsync(NewTodo wanted, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken)
    {
        var todo = await store.WriteAsync(user, (scope, token) => new TodoList(scope).CreateAsync(wanted, token), cancellationToken);
        return TypedResults.Created($"/api/todos/{todo.Id}", todo);
    }

    private static async Task<Ok<TodoView>> GetAsync(PathId id, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.ReadAsync(user, (scope, token) => new TodoList(scope).GetAsync(id, token), cancellationToken));

    private static async Task<Ok<TodoView>> UpdateAsync(PathId id, TodoPatch patch, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.WriteAsync(user, (scope, token) => new TodoList(scope).UpdateAsync(id, patch, token), cancellationToken));

    private static async Task<NoContent> DeleteAsync(PathId id, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken)
    {
        await store.WriteAsync(user, (scope, token) => new TodoList(scope).DeleteAsync(id, token), cancellationToken);
        return TypedResults.NoContent();
    }
}
