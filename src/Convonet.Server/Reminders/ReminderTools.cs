using System.ComponentModel;
using Convonet.Server.Calendar;
using Convonet.Server.Store;
using Convonet.Server.Todos;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;

namespace Convonet.Server.Reminders;

/// <summary>The assistant's tools for reminders.</summary>
internal sealed class ReminderTools(IDbContextFactory<ConvonetDb> database, TimeProvider time)
{
    public IEnumerable<AIFunction> All() =>
    [
        ToolFactory.Create(CreateAsync, "create_reminder", "Notes something that the user wants to be reminded of. It is shown when the user asks for reminders; nothing rings yet."),
        ToolFactory.Create(ListAsync, "get_reminders", "Lists the user's reminders, the next one first."),
    ];

    private async Task<ReminderView> CreateAsync(
        [Description("What to be reminded of.")] string reminder_text,
        [Description("low, medium, high or urgent.")] Importance importance = Importance.Medium,
        [Description("When: yyyy-MM-dd, or yyyy-MM-ddTHH:mm, in the user's time.")] string? reminder_date = null,
        CancellationToken cancellationToken = default)
    {
        var at = LocalTime.ParseOptional(reminder_date, time);
        if (at < time.GetLocalNow().DateTime.AddMinutes(-1) && !LocalTime.IsDay(reminder_date!))
        {
            throw new ToolException($"{at:yyyy-MM-dd HH:mm} is over. It is now {time.GetLocalNow():yyyy-MM-dd HH:mm}.");
        }

        await using var db = await database.CreateDbContextAsync(cancellationToken);
        var reminder = new Reminder
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            Text = reminder_text,
            Importance = importance.ToString().ToLowerInvariant(),
            RemindAt = at,
            CreatedAt = time.GetUtcNow().UtcDateTime,
        };
        db.Reminders.Add(reminder);
        await db.SaveChangesAsync(cancellationToken);
        return ReminderView.Of(reminder);
    }

    private async Task<ReminderView[]> ListAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await database.CreateDbContextAsync(cancellationToken);
        var reminders = await db.Reminders.AsNoTracking()
            .OrderBy(reminder => reminder.RemindAt == null).ThenBy(reminder => reminder.RemindAt).Take(100).ToArrayAsync(cancellationToken);
        return [.. reminders.Select(ReminderView.Of)];
    }
}

/// <summary>A reminder as the model and the page see it.</summary>
internal sealed record ReminderView(Guid Id, string Text, string Importance, string? RemindAt)
{
    public static ReminderView Of(Reminder reminder) => new(reminder.Id, reminder.Text, reminder.Importance, reminder.RemindAt?.ToString("s"));
}
