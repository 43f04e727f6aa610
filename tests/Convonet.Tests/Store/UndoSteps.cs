using Convonet.Server.Store;
using Convonet.Server.Todos;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Tests.Store;

/// <summary>What tests of taking back do and look at.</summary>
internal static class UndoSteps
{
    public static string Id(ToolResult result) => result.Data!.Value.GetProperty("id").GetString()!;

    public static Task<IReadOnlyList<ChangeSetView>> ChangesAsync(StoreFixture.Person who) => who.ReadAsync((scope, token) => new Undo(scope).ListAsync(token));

    public static Task<ChangeSetView> UndoAsync(StoreFixture.Person who, Guid change) => who.WriteAsync((scope, token) => new Undo(scope).TakeBackAsync(change, token));

    public static async Task<RefusedException> RefusedAsync(StoreFixture.Person who, Guid change) => await Assert.ThrowsAsync<RefusedException>(() => UndoAsync(who, change));

    public static Task<Todo?> TodoAsync(this StoreFixture store, string id) =>
        store.Store.ReadAsync((db, token) => db.Todos.AsNoTracking().FirstOrDefaultAsync(todo => todo.Id == Guid.Parse(id), token), TestContext.Current.CancellationToken);
}
