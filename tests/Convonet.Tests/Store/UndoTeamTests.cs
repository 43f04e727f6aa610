using Convonet.Server.Store;
using Convonet.Server.Teams;
using Convonet.Server.Todos;
using Convonet.Tests.Fakes;
using static Convonet.Tests.Store.UndoSteps;

namespace Convonet.Tests.Store;

/// <summary>What was done in teams, and to what is shared, is taken back by whoever still may.</summary>
public sealed class UndoTeamTests : IAsyncLifetime
{
    private StoreFixture _store = null!;
    private StoreFixture.Person _anna = null!;
    private StoreFixture.Person _ben = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreFixture.CreateAsync();
        _anna = await _store.AddUserAsync("Anna Muster");
        _ben = await _store.AddUserAsync("Ben Beispiel");
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Undo_AfterTheUserLeftTheTeam_IsRefused()
    {
        var team = await _store.AddTeamAsync("Ops", (_anna, TeamRole.Member), (_ben, TeamRole.Owner));
        var id = Id(await _anna.DoAsync("create_team_todo", new { title = "on-call", team_id = team }));
        await _anna.DoAsync("delete_todo", new { id });
        var deleted = (await ChangesAsync(_anna))[0].Id;
        await _ben.DoAsync("remove_team_member", new { team_name = "Ops", email = "anna@example.com" });

        var refused = await RefusedAsync(_anna, deleted);

        Assert.Equal((Refusal.Forbidden, "You may not take this back any more."), (refused.Kind, refused.Message));
        Assert.Null(await _store.TodoAsync(id));
        Assert.All(await ChangesAsync(_anna), change => Assert.False(change.CanUndo));
    }

    [Fact]
    public async Task Undo_ByAViewerWhoWasAMember_IsRefused()
    {
        var team = await _store.AddTeamAsync("Ops", (_anna, TeamRole.Member), (_ben, TeamRole.Owner));
        await _anna.DoAsync("create_team_todo", new { title = "on-call", team_id = team });
        await _ben.DoAsync("change_member_role", new { team_name = "Ops", email = "anna@example.com", new_role = "viewer" });

        Assert.Equal(Refusal.Forbidden, (await RefusedAsync(_anna, (await ChangesAsync(_anna))[0].Id)).Kind);
    }

    [Fact]
    public async Task Undo_CompletionOfAGivenTodo_IsTheAssigneesToo()
    {
        await _store.AddTeamAsync("Ops", (_anna, TeamRole.Member), (_ben, TeamRole.Member));
        var id = Id(await _anna.DoAsync("create_todo", new { title = "milk", assignee_id = _ben.Id }));
        await _ben.DoAsync("complete_todo", new { id });

        await UndoAsync(_ben, (await ChangesAsync(_ben))[0].Id);

        Assert.False((await _store.TodoAsync(id))!.Completed);
    }

    [Fact]
    public async Task Undo_RemovalOfAMember_BringsBackThePlaceAndTheTodos()
    {
        var team = await _store.AddTeamAsync("Ops", (_anna, TeamRole.Owner), (_ben, TeamRole.Member));
        var id = Id(await _anna.DoAsync("create_team_todo", new { title = "on-call", team_id = team, assignee_id = _ben.Id }));
        await _anna.DoAsync("remove_team_member", new { team_name = "Ops", email = "ben@example.com" });
        Assert.Null((await _store.TodoAsync(id))!.AssigneeId);

        var undo = await UndoAsync(_anna, (await ChangesAsync(_anna))[0].Id);
        Assert.Equal(_ben.Id, (await _store.TodoAsync(id))!.AssigneeId);
        Assert.Contains("- \"Ops\" (member, 2 members)", (await _ben.DoAsync("get_teams")).Content, StringComparison.Ordinal);
        await UndoAsync(_anna, undo.Id);

        Assert.Null((await _store.TodoAsync(id))!.AssigneeId);
        Assert.Contains("No teams.", (await _ben.DoAsync("get_teams")).Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_RemovalOfSomebodyWhoIsInAgain_IsAConflict()
    {
        await _store.AddTeamAsync("Ops", (_anna, TeamRole.Owner), (_ben, TeamRole.Member));
        await _anna.DoAsync("remove_team_member", new { team_name = "Ops", email = "ben@example.com" });
        var removed = (await ChangesAsync(_anna))[0].Id;
        await _anna.DoAsync("add_team_member", new { team_name = "Ops", email = "ben@example.com" });

        Assert.Equal("This cannot be taken back: somebody is in the team again already.", (await RefusedAsync(_anna, removed)).Message);
    }

    [Fact]
    public async Task Undo_TakingIn_TakesTheirTodosFromThem()
    {
        var team = await _store.AddTeamAsync("Ops", (_anna, TeamRole.Owner));
        await _anna.DoAsync("add_team_member", new { team_name = "Ops", email = "ben@example.com" });
        var added = (await ChangesAsync(_anna))[0].Id;
        var id = Id(await _anna.DoAsync("create_team_todo", new { title = "on-call", team_id = team, assignee_id = _ben.Id }));

        await UndoAsync(_anna, added);

        var todo = (await _store.TodoAsync(id))!;
        Assert.Null(todo.AssigneeId);
        Assert.Equal(2, todo.Version);
    }

    [Fact]
    public async Task Undo_Leaving_IsRefused()
    {
        await _store.AddTeamAsync("Ops", (_anna, TeamRole.Owner), (_ben, TeamRole.Admin));
        await _ben.DoAsync("remove_team_member", new { team_name = "Ops", email = "ben@example.com" });

        Assert.Equal(Refusal.Forbidden, (await RefusedAsync(_ben, (await ChangesAsync(_ben))[0].Id)).Kind);
    }

    [Fact]
    public async Task Undo_TheTeamWouldHaveNoOwner_IsAConflict()
    {
        await _store.AddTeamAsync("Ops", (_anna, TeamRole.Owner), (_ben, TeamRole.Admin));
        await _anna.DoAsync("change_member_role", new { team_name = "Ops", email = "ben@example.com", new_role = "owner" });
        var promoted = (await ChangesAsync(_anna))[0].Id;
        await _ben.DoAsync("remove_team_member", new { team_name = "Ops", email = "anna@example.com" });
        await _ben.DoAsync("add_team_member", new { team_name = "Ops", email = "anna@example.com", role = "admin" });

        // As an admin Anna may not touch Ben, who is the owner now; and whoever may would leave the team without one.
        Assert.Equal(Refusal.Forbidden, (await RefusedAsync(_anna, promoted)).Kind);
        await _ben.DoAsync("change_member_role", new { team_name = "Ops", email = "anna@example.com", new_role = "owner" });
        await _ben.DoAsync("change_member_role", new { team_name = "Ops", email = "ben@example.com", new_role = "viewer" });
        var stepDown = (await ChangesAsync(_ben))[0].Id;
        Assert.Equal(Refusal.Forbidden, (await RefusedAsync(_ben, stepDown)).Kind);
    }

    [Fact]
    public async Task Undo_OwnPromotionOfTheOnlyOwner_IsAConflict()
    {
        await _store.AddTeamAsync("Ops", (_anna, TeamRole.Owner), (_ben, TeamRole.Owner));
        await _anna.DoAsync("change_member_role", new { team_name = "Ops", email = "ben@example.com", new_role = "admin" });
        await _anna.DoAsync("change_member_role", new { team_name = "Ops", email = "ben@example.com", new_role = "owner" });
        var promoted = (await ChangesAsync(_anna))[0].Id;
        await _ben.DoAsync("change_member_role", new { team_name = "Ops", email = "anna@example.com", new_role = "admin" });
        await _ben.DoAsync("change_member_role", new { team_name = "Ops", email = "anna@example.com", new_role = "owner" });
        await UndoAsync(_anna, promoted);
        var demotedAgain = (await ChangesAsync(_anna))[0].Id;

        Assert.Contains("- \"Ops\" (admin, 2 members)", (await _ben.DoAsync("get_teams")).Content, StringComparison.Ordinal);
        await UndoAsync(_anna, demotedAgain);
        Assert.Contains("- \"Ops\" (owner, 2 members)", (await _ben.DoAsync("get_teams")).Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_MakingATeam_DeletesItUnlessOthersUseIt()
    {
        var team = Id(await _anna.DoAsync("create_team", new { name = "Ops" }));
        var made = (await ChangesAsync(_anna))[0].Id;
        await _anna.DoAsync("add_team_member", new { team_name = "Ops", email = "ben@example.com" });
        Assert.Equal("This cannot be taken back: the team has todos or members by now.", (await RefusedAsync(_anna, made)).Message);
        await UndoAsync(_anna, (await ChangesAsync(_anna))[0].Id);

        var undo = await UndoAsync(_anna, made);
        Assert.Contains("No teams.", (await _anna.DoAsync("get_teams")).Content, StringComparison.Ordinal);
        await UndoAsync(_anna, undo.Id);

        Assert.Contains($"- \"Ops\" (owner, 1 member) id: {team}", (await _anna.DoAsync("get_teams")).Content, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Undo_DeletingATeam_BringsAllOfItBack(string kind)
    {
        await using var store = await StoreFixture.CreateAsync(kind);
        var (anna, ben) = (await store.AddUserAsync("Anna"), await store.AddUserAsync("Ben"));
        var team = await store.AddTeamAsync("Ops", (anna, TeamRole.Owner), (ben, TeamRole.Member));
        await ben.DoAsync("create_team_todo", new { title = "Ben's", team_id = team });
        await anna.DoAsync("create_team_todo", new { title = "for Ben", team_id = team, assignee_id = ben.Id });
        var before = (await ben.DoAsync("get_todos")).Content;
        await anna.WriteAsync((scope, token) => new TeamList(scope).DeleteAsync(team, token));
        Assert.Contains("No todos.", (await ben.DoAsync("get_todos")).Content, StringComparison.Ordinal);

        await UndoAsync(anna, (await ChangesAsync(anna))[0].Id);

        Assert.Equal(before, (await ben.DoAsync("get_todos")).Content);
        Assert.Contains("- \"Ops\" (member, 2 members)", (await ben.DoAsync("get_teams")).Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_DeletingATeamWhoseNameIsTaken_IsAConflict()
    {
        var team = await _store.AddTeamAsync("Ops", (_anna, TeamRole.Owner));
        await _anna.WriteAsync((scope, token) => new TeamList(scope).DeleteAsync(team, token));
        var deleted = (await ChangesAsync(_anna))[0].Id;
        await _ben.DoAsync("create_team", new { name = "Ops" });
        await _anna.DoAsync("create_team", new { name = "Ops" });

        Assert.Equal("This cannot be taken back: there is another team of this name.", (await RefusedAsync(_anna, deleted)).Message);
    }

    [Fact]
    public async Task Undo_RestoredTodoOfSomebodyWhoLeft_IsForEverybody()
    {
        var team = await _store.AddTeamAsync("Ops", (_anna, TeamRole.Owner), (_ben, TeamRole.Member));
        var id = Id(await _anna.DoAsync("create_team_todo", new { title = "on-call", team_id = team, assignee_id = _ben.Id }));
        await _anna.DoAsync("delete_todo", new { id });
        var deleted = (await ChangesAsync(_anna))[0].Id;
        await _ben.DoAsync("remove_team_member", new { team_name = "Ops", email = "ben@example.com" });

        await UndoAsync(_anna, deleted);

        Assert.Null((await _store.TodoAsync(id))!.AssigneeId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Undo_PrivateTodoOfSomebodyWhoSharesNoTeamAnyMore_IsTheOwnersAlone(bool wasDeleted)
    {
        await _store.AddTeamAsync("Ops", (_anna, TeamRole.Owner), (_ben, TeamRole.Member));
        var id = Id(await _anna.DoAsync("create_todo", new { title = "surprise for Ben", assignee_id = _ben.Id }));
        await _anna.WriteAsync((scope, token) => wasDeleted
            ? new TodoList(scope).DeleteAsync(Guid.Parse(id), token)
            : new TodoList(scope).UpdateAsync(Guid.Parse(id), new TodoPatch { AssigneeId = "" }, token));
        var taken = (await ChangesAsync(_anna))[0].Id;
        await _anna.DoAsync("remove_team_member", new { team_name = "Ops", email = "ben@example.com" });

        await UndoAsync(_anna, taken);

        Assert.Null((await _store.TodoAsync(id))!.AssigneeId);
        Assert.DoesNotContain("surprise", (await _ben.DoAsync("get_todos")).Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_PrivateTodoOfATeamMate_IsGivenBackAndKeptWhereItWasNotTaken()
    {
        await _store.AddTeamAsync("Ops", (_anna, TeamRole.Owner), (_ben, TeamRole.Member));
        var id = Id(await _anna.DoAsync("create_todo", new { title = "milk", assignee_id = _ben.Id }));
        await _anna.DoAsync("delete_todo", new { id });
        await UndoAsync(_anna, (await ChangesAsync(_anna))[0].Id);
        Assert.Equal(_ben.Id, (await _store.TodoAsync(id))!.AssigneeId);

        // Whoever has it still keeps it: another field is what is taken back.
        await _ben.DoAsync("complete_todo", new { id });
        await _ben.DoAsync("remove_team_member", new { team_name = "Ops", email = "ben@example.com" });
        await UndoAsync(_ben, (await ChangesAsync(_ben))[1].Id);

        Assert.Equal((_ben.Id, false), ((await _store.TodoAsync(id))!.AssigneeId, (await _store.TodoAsync(id))!.Completed));
    }
}
