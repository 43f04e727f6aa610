using Convonet.Server.Calendar;
using Convonet.Server.Reminders;
using Convonet.Server.Store;
using Convonet.Server.Todos;
using Convonet.Tests.Fakes;
using Convonet.Tools;

namespace Convonet.Tests.Store;

/// <summary>How much a user may keep.</summary>
public sealed class KeptLimitsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, object> Kinds => new()
    {
        { "todo", "todos", new { title = "buy milk" } },
        { "reminder", "reminders", new { reminder_text = "buy milk" } },
        { "calendar_event", "appointments", new { title = "buy milk", event_from = "2026-11-27T10:00", event_to = "2026-11-27T11:00" } },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Create_BeyondTheMost_IsRefusedUntilOneIsDeleted(string kind, string called, object arguments)
    {
        await using var store = await StoreFixture.CreateAsync();
        var (anna, ben) = (await store.AddUserAsync("Anna Muster"), await store.AddUserAsync("Ben Beispiel"));
        var rows = Enumerable.Range(0, KeptLimits.Most).Select(number => Row(kind, anna.Id, $"{number}")).ToArray();
        await store.Store.WriteAsync((db, _) => Task.FromResult(Add(db, rows[1..])), cancellationToken: Token);

        var last = await anna.DoAsync($"create_{kind}", arguments);
        var refused = await anna.FailAsync($"create_{kind}", arguments);
        var others = await ben.DoAsync($"create_{kind}", arguments);
        await store.Store.WriteAsync((db, _) => Task.FromResult(Delete(db, rows[^1])), cancellationToken: Token);
        var again = await anna.DoAsync($"create_{kind}", arguments);

        Assert.Equal($"There is no room for more {called}: at most 10,000 are kept. Delete some first.", refused);
        Assert.All([last, others, again], result => Assert.Equal(ToolOutcome.Ok, result.Outcome));
    }

    private static object Row(string kind, Guid owner, string text) => kind switch
    {
        "todo" => new Todo { Id = Guid.NewGuid(), OwnerId = owner, Title = text },
        "reminder" => new Reminder { Id = Guid.NewGuid(), OwnerId = owner, Text = text },
        _ => new CalendarEvent { Id = Guid.NewGuid(), OwnerId = owner, Title = text },
    };

    private static bool Add(ConvonetDb db, object[] rows)
    {
        db.AddRange(rows);
        return true;
    }

    private static bool Delete(ConvonetDb db, object row)
    {
        db.Remove(row);
        return true;
    }
}
