using Convonet.Server.Calendar;
using Convonet.Server.Reminders;
using Convonet.Server.Store;
using Convonet.Server.Teams;
using Convonet.Server.Todos;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Tests.Store;

/// <summary>What was done is taken back as a whole, by whoever did it, while it is still theirs to do.</summary>
public sealed class UndoTests : IAsyncLifetime
{
    private const string ChangedSince = "This cannot be taken back: something of it has been changed since.";

    private StoreFixture _store = null!;
    private StoreFixture.Person _anna = null!;
    private StoreFixture.Person _ben = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreFixture.CreateAsync();
        _anna = await _store.AddUserAsync("Anna Muster");
        _ben = await _store.AddUserAsync("Ben Beispiel");
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task List_WhatToolsDid_IsToldNewestFirst()
    {
        await _anna.DoAsync("create_todo", new { title = "milk" });
        await _anna.DoAsync("create_todo", new { title = "bread" });
        await _ben.DoAsync("create_todo", new { title = "Ben's own" });
        await _anna.DoAsync("get_todos");

        var changes = await ChangesAsync(_anna);

        Assert.Equal(["Added “bread”.", "Added “milk”."], changes.Select(change => change.Summary));
        Assert.All(changes, change => Assert.Equal(("create_todo", "call_1_0_0", false, true), (change.Tool, change.CallId, change.Undone, change.CanUndo)));
    }

    [Fact]
    public async Task List_MoreThanTwenty_GivesTheNewestTwenty()
    {
        for (var n = 0; n < 21; n++)
        {
            await _anna.DoAsync("create_todo", new { title = $"{n}" });
        }

        Assert.Equal(Enumerable.Range(1, 20).Reverse().Select(n => $"Added “{n}”."), (await ChangesAsync(_anna)).Select(change => change.Summary));
    }

    [Fact]
    public async Task Undo_Create_DeletesTheRowAndCanBeUndoneInTurn()
    {
        var id = Id(await _anna.DoAsync("create_todo", new { title = "milk", description = "fresh", due_date = "2026-12-01T15:00", priority = "high" }));
        var made = await TodoAsync(id);

        var undo = await UndoAsync(_anna, (await ChangesAsync(_anna))[0].Id);
        Assert.Null(await TodoAsync(id));
        var redo = await UndoAsync(_anna, undo.Id);

        Assert.Equal(("Undid: Added “milk”.", "Redid: Added “milk”."), (undo.Summary, redo.Summary));
        Assert.Equivalent(made, await TodoAsync(id), strict: true);
        var changes = await ChangesAsync(_anna);
        Assert.Equal([("Redid: Added “milk”.", false, true), ("Undid: Added “milk”.", true, false), ("Added “milk”.", true, false)], changes.Select(one => (one.Summary, one.Undone, one.CanUndo)));
        Assert.Null(changes[0].Tool);
        Assert.Equal("This has been taken back already.", (await RefusedAsync(_anna, undo.Id)).Message);
    }

    [Fact]
    public async Task Undo_Delete_BringsTheSameRowBack()
    {
        var id = Id(await _anna.DoAsync("create_todo", new { title = "milk", description = "fresh", due_date = "2026-12-01" }));
        var made = await TodoAsync(id);
        await _anna.DoAsync("delete_todo", new { id });

        await UndoAsync(_anna, (await ChangesAsync(_anna))[0].Id);

        Assert.Equivalent(made, await TodoAsync(id), strict: true);
    }

    [Fact]
    public async Task Undo_SeveralChangesOfOneRow_GoBackOneByOne()
    {
        var id = Id(await _anna.DoAsync("create_todo", new { title = "milk" }));
        await _anna.DoAsync("update_todo", new { id, title = "oat milk", due_date = "2026-12-01" });
        await _anna.DoAsync("complete_todo", new { id });
        await _anna.DoAsync("delete_todo", new { id });
        var seen = new List<string>();

        foreach (var change in await ChangesAsync(_anna))
        {
            await UndoAsync(_anna, change.Id);
            seen.Add(await TodoAsync(id) is { } todo ? $"{todo.Title} {TodoView.Date(todo.DueDate)} {todo.Completed}" : "gone");
        }

        Assert.Equal(["oat milk 2026-12-01 True", "oat milk 2026-12-01 False", "milk  False", "gone"], seen);
    }

    [Theory]
    [InlineData("update_todo", "title")]
    [InlineData("complete_todo", null)]
    [InlineData("delete_todo", null)]
    public async Task Undo_RowWasChangedSince_IsAConflictAndChangesNothing(string later, string? field)
    {
        var id = Id(await _anna.DoAsync("create_todo", new { title = "milk" }));
        var change = (await ChangesAsync(_anna))[0].Id;
        await _anna.DoAsync(later, field is null ? new { id } : new { id, title = "oat milk" });
        var before = await TodoAsync(id);

        var refused = await RefusedAsync(_anna, change);

        Assert.Equal((Refusal.Conflict, ChangedSince), (refused.Kind, refused.Message));
        Assert.Equivalent(before, await TodoAsync(id), strict: true);
        Assert.Equal([true, false], (await ChangesAsync(_anna)).Select(one => one.CanUndo));
    }

    [Fact]
    public async Task Undo_SomebodyElseChangedItSince_IsAConflict()
    {
        var team = await _store.AddTeamAsync("Ops", (_anna, TeamRole.Member), (_ben, TeamRole.Member));
        var id = Id(await _anna.DoAsync("create_team_todo", new { title = "on-call", team_id = team }));
        var change = (await ChangesAsync(_anna))[0].Id;
        await _ben.DoAsync("complete_todo", new { id });

        Assert.Equal(Refusal.Conflict, (await RefusedAsync(_anna, change)).Kind);
        await UndoAsync(_ben, (await ChangesAsync(_ben))[0].Id);
        await UndoAsync(_anna, change);
        Assert.Null(await TodoAsync(id));
    }

    [Fact]
    public async Task Undo_ForeignOrUnknownChange_IsTheSameError()
    {
        await _ben.DoAsync("create_todo", new { title = "Ben's own" });
        var foreign = (await ChangesAsync(_ben))[0].Id;

        foreach (var id in new[] { foreign, Guid.NewGuid() })
        {
            var refused = await RefusedAsync(_anna, id);
            Assert.Equal((Refusal.NotFound, "There is no change with this id."), (refused.Kind, refused.Message));
        }
    }

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
        Assert.Null(await TodoAsync(id));
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

        Assert.False((await TodoAsync(id))!.Completed);
    }

    [Fact]
    public async Task Undo_RemovalOfAMember_BringsBackThePlaceAndTheTodos()
    {
        var team = await _store.AddTeamAsync("Ops", (_anna, TeamRole.Owner), (_ben, TeamRole.Member));
        var id = Id(await _anna.DoAsync("create_team_todo", new { title = "on-call", team_id = team, assignee_id = _ben.Id }));
        await _anna.DoAsync("remove_team_member", new { team_name = "Ops", email = "ben@example.com" });
        Assert.Null((await TodoAsync(id))!.AssigneeId);

        var undo = await UndoAsync(_anna, (await ChangesAsync(_anna))[0].Id);
        Assert.Equal(_ben.Id, (await TodoAsync(id))!.AssigneeId);
        Assert.Contains("- \"Ops\" (member, 2 members)", (await _ben.DoAsync("get_teams")).Content, StringComparison.Ordinal);
        await UndoAsync(_anna, undo.Id);

        Assert.Null((await TodoAsync(id))!.AssigneeId);
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

        var todo = (await TodoAsync(id))!;
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

        Assert.Null((await TodoAsync(id))!.AssigneeId);
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

        Assert.Null((await TodoAsync(id))!.AssigneeId);
        Assert.DoesNotContain("surprise", (await _ben.DoAsync("get_todos")).Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_PrivateTodoOfATeamMate_IsGivenBackAndKeptWhereItWasNotTaken()
    {
        await _store.AddTeamAsync("Ops", (_anna, TeamRole.Owner), (_ben, TeamRole.Member));
        var id = Id(await _anna.DoAsync("create_todo", new { title = "milk", assignee_id = _ben.Id }));
        await _anna.DoAsync("delete_todo", new { id });
        await UndoAsync(_anna, (await ChangesAsync(_anna))[0].Id);
        Assert.Equal(_ben.Id, (await TodoAsync(id))!.AssigneeId);

        // Whoever has it still keeps it: another field is what is taken back.
        await _ben.DoAsync("complete_todo", new { id });
        await _ben.DoAsync("remove_team_member", new { team_name = "Ops", email = "ben@example.com" });
        await UndoAsync(_ben, (await ChangesAsync(_ben))[1].Id);

        Assert.Equal((_ben.Id, false), ((await TodoAsync(id))!.AssigneeId, (await TodoAsync(id))!.Completed));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Undo_RemindersAndEvents_ComeBackAsTheyWere(string kind)
    {
        await using var store = await StoreFixture.CreateAsync(kind);
        var anna = await store.AddUserAsync("Anna");
        var instant = new DateTime(2026, 12, 1, 14, 0, 0, DateTimeKind.Utc);
        var reminder = new Reminder { Id = Guid.NewGuid(), OwnerId = anna.Id, Text = "call Ben", RemindOn = new DateTime(2026, 12, 1, 15, 0, 0), RemindAt = instant, CreatedAt = instant };
        var appointment = new CalendarEvent
        {
            Id = Guid.NewGuid(),
            OwnerId = anna.Id,
            Title = "Lunch",
            Start = new DateTime(2026, 12, 1, 12, 0, 0),
            End = new DateTime(2026, 12, 1, 13, 0, 0),
            TimeZone = "Europe/Zurich",
            StartsAt = instant,
            EndsAt = instant.AddHours(1),
            Recurrence = "FREQ=WEEKLY",
            CreatedAt = instant,
        };
        await anna.WriteAsync((scope, _) =>
        {
            scope.Db.AddRange(reminder, appointment);
            return Task.FromResult(true);
        });
        var (keptReminder, keptEvent) = await ReadBothAsync();
        await anna.WriteAsync(async (scope, token) =>
        {
            scope.Db.Remove(await scope.Db.Reminders.SingleAsync(token));
            (await scope.Db.CalendarEvents.SingleAsync(token)).Title = "Dinner";
            return true;
        });

        await UndoAsync(anna, (await ChangesAsync(anna)).Single(change => change.CanUndo).Id);

        var (againReminder, againEvent) = await ReadBothAsync();
        Assert.Equivalent(keptReminder, againReminder, strict: true);
        Assert.Equivalent(keptEvent, againEvent, strict: true);
        Assert.Equal(DateTimeKind.Utc, againReminder.RemindAt!.Value.Kind);

        Task<(Reminder, CalendarEvent)> ReadBothAsync() => anna.ReadAsync(async (scope, token) => (await scope.Db.Reminders.SingleAsync(token), await scope.Db.CalendarEvents.SingleAsync(token)));
    }

    [Fact]
    public async Task Undo_WordsOfAReminderThatRang_DoesNotRingItAgain()
    {
        var id = Guid.Parse(Id(await _anna.DoAsync("create_reminder", new { reminder_text = "call Ben", reminder_date = "2026-11-25T15:00" })));
        await _anna.DoAsync("update_reminder", new { id, reminder_text = "call Carl" });
        var words = (await ChangesAsync(_anna))[0].Id;
        var rang = new DateTime(2026, 11, 25, 14, 0, 0, DateTimeKind.Utc);
        await _store.Store.WriteAsync((db, token) => db.Reminders.Where(one => one.Id == id).ExecuteUpdateAsync(update => update.SetProperty(one => one.DeliveredAt, rang), token), cancellationToken: Token);

        await UndoAsync(_anna, words);

        var reminder = await _anna.ReadAsync((scope, token) => scope.Db.Reminders.SingleAsync(token));
        Assert.Equal(("call Ben", rang), (reminder.Text, reminder.DeliveredAt!.Value));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Undo_TwiceAtOnce_HappensOnce(string kind)
    {
        await using var store = await StoreFixture.CreateAsync(kind);
        var anna = await store.AddUserAsync("Anna");
        var id = Id(await anna.DoAsync("create_todo", new { title = "milk" }));
        await anna.DoAsync("complete_todo", new { id });
        var change = (await ChangesAsync(anna))[0].Id;

        var errors = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Record.ExceptionAsync(() => UndoAsync(anna, change)).AsTask()));

        Assert.Single(errors, error => error is null);
        Assert.All(errors.OfType<Exception>(), error => Assert.Equal(Refusal.Conflict, Assert.IsType<RefusedException>(error).Kind));
        Assert.Equal(3, (await ChangesAsync(anna)).Count);
    }

    private static string Id(ToolResult result) => result.Data!.Value.GetProperty("id").GetString()!;

    private static Task<IReadOnlyList<ChangeSetView>> ChangesAsync(StoreFixture.Person who) => who.ReadAsync((scope, token) => new Undo(scope).ListAsync(token));

    private static Task<ChangeSetView> UndoAsync(StoreFixture.Person who, Guid change) => who.WriteAsync((scope, token) => new Undo(scope).TakeBackAsync(change, token));

    private static async Task<RefusedException> RefusedAsync(StoreFixture.Person who, Guid change) => await Assert.ThrowsAsync<RefusedException>(() => UndoAsync(who, change));

    private Task<Todo?> TodoAsync(string id) => _store.Store.ReadAsync((db, token) => db.Todos.AsNoTracking().FirstOrDefaultAsync(todo => todo.Id == Guid.Parse(id), token), Token);
}
