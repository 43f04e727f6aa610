using Convonet.Server.Calendar;
using Convonet.Server.Reminders;
using Convonet.Server.Store;
using Convonet.Server.Teams;
using Convonet.Server.Todos;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using static Convonet.Tests.Store.UndoSteps;

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
        var made = await _store.TodoAsync(id);

        var undo = await UndoAsync(_anna, (await ChangesAsync(_anna))[0].Id);
        Assert.Null(await _store.TodoAsync(id));
        var redo = await UndoAsync(_anna, undo.Id);

        Assert.Equal(("Undid: Added “milk”.", "Redid: Added “milk”."), (undo.Summary, redo.Summary));
        Assert.Equivalent(made, await _store.TodoAsync(id), strict: true);
        var changes = await ChangesAsync(_anna);
        Assert.Equal([("Redid: Added “milk”.", false, true), ("Undid: Added “milk”.", true, false), ("Added “milk”.", true, false)], changes.Select(one => (one.Summary, one.Undone, one.CanUndo)));
        Assert.Null(changes[0].Tool);
        Assert.Equal("This has been taken back already.", (await RefusedAsync(_anna, undo.Id)).Message);
    }

    [Fact]
    public async Task Undo_Delete_BringsTheSameRowBack()
    {
        var id = Id(await _anna.DoAsync("create_todo", new { title = "milk", description = "fresh", due_date = "2026-12-01" }));
        var made = await _store.TodoAsync(id);
        await _anna.DoAsync("delete_todo", new { id });

        await UndoAsync(_anna, (await ChangesAsync(_anna))[0].Id);

        Assert.Equivalent(made, await _store.TodoAsync(id), strict: true);
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
            seen.Add(await _store.TodoAsync(id) is { } todo ? $"{todo.Title} {TodoView.Date(todo.DueDate)} {todo.Completed}" : "gone");
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
        var before = await _store.TodoAsync(id);

        var refused = await RefusedAsync(_anna, change);

        Assert.Equal((Refusal.Conflict, ChangedSince), (refused.Kind, refused.Message));
        Assert.Equivalent(before, await _store.TodoAsync(id), strict: true);
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
        Assert.Null(await _store.TodoAsync(id));
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
}
