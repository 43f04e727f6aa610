using Convonet.Server.Calendar;
using Convonet.Server.Store;
using Convonet.Server.Todos;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Convonet.Server.Reminders;

/// <summary>A user's reminders.</summary>
internal sealed class ReminderList(UserScope scope)
{
    private const int LongestText = 1000;

    /// <summary>How many are listed at most.</summary>
    private const int MostListed = 500;

    /// <summary>The hour at which a reminder for a day is due.</summary>
    private const int HourOfADay = 9;

    private UserClock Clock => UserClock.Of(scope);

    /// <summary>Writes a reminder down.</summary>
    public ReminderView Create(NewReminder wanted)
    {
        var reminder = new Reminder
        {
            Id = scope.NewId(),
            OwnerId = scope.UserId,
            Text = Written.Required("text", wanted.Text, LongestText),
            Importance = wanted.Importance.Word(),
            CreatedAt = scope.UtcNow,
        };
        PutTime(reminder, wanted.RemindAt);
        scope.Db.Reminders.Add(reminder);
        scope.Summary = Written.Summary("Added reminder", reminder.Text);
        return ReminderView.Of(reminder, Clock);
    }

    /// <summary>Changes a reminder; a new time makes it due anew.</summary>
    /// <exception cref="RefusedException">There is no such reminder for this user.</exception>
    public async Task<ReminderView> UpdateAsync(Guid id, ReminderPatch patch, CancellationToken cancellationToken)
    {
        var reminder = await FindAsync(id, cancellationToken);
        reminder.Text = patch.Text is null ? reminder.Text : Written.Required("text", patch.Text, LongestText);
        reminder.Importance = patch.Importance?.Word() ?? reminder.Importance;
        if (patch.RemindAt is not null)
        {
            PutTime(reminder, patch.RemindAt);
        }

        scope.Summary = Written.Summary("Changed reminder", reminder.Text);
        return ReminderView.Of(reminder, Clock);
    }

    /// <summary>Deletes a reminder.</summary>
    /// <returns>What it was.</returns>
    /// <exception cref="RefusedException">There is no such reminder for this user.</exception>
    public async Task<ReminderView> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        var reminder = await FindAsync(id, cancellationToken);
        scope.Db.Reminders.Remove(reminder);
        scope.Summary = Written.Summary("Deleted reminder", reminder.Text);
        return ReminderView.Of(reminder, Clock);
    }

    /// <summary>One reminder.</summary>
    /// <exception cref="RefusedException">There is no such reminder for this user.</exception>
    public async Task<ReminderView> GetAsync(Guid id, CancellationToken cancellationToken) => ReminderView.Of(await FindAsync(id, cancellationToken), Clock);

    /// <summary>The reminders: those to come, the next one first; notes without a time; those that were delivered, the last one first.</summary>
    public async Task<IReadOnlyList<ReminderView>> ListAsync(CancellationToken cancellationToken)
    {
        var coming = await Own().Where(one => one.DeliveredAt == null)
            .OrderBy(one => one.RemindAt == null).ThenBy(one => one.RemindAt).ThenBy(one => one.CreatedAt).Take(MostListed).ToArrayAsync(cancellationToken);
        var delivered = await Own().Where(one => one.DeliveredAt != null)
            .OrderByDescending(one => one.DeliveredAt).ThenBy(one => one.Id).Take(MostListed - coming.Length).ToArrayAsync(cancellationToken);
        return [.. coming.Concat(delivered).Select(one => ReminderView.Of(one, Clock))];
    }

    /// <summary>The reminders of a span, in order of time.</summary>
    public Task<Reminder[]> InAsync(AskedSpan span, int most, CancellationToken cancellationToken)
    {
        var (from, to) = (span.From.ToDateTimeUtc(), span.To.ToDateTimeUtc());
        return Own().Where(one => one.RemindAt >= from && one.RemindAt < to).OrderBy(one => one.RemindAt).Take(most).ToArrayAsync(cancellationToken);
    }

    private IQueryable<Reminder> Own() => scope.Db.Reminders.Where(one => one.OwnerId == scope.UserId);

    private async Task<Reminder> FindAsync(Guid id, CancellationToken cancellationToken) =>
        await Own().FirstOrDefaultAsync(one => one.Id == id, cancellationToken) ?? throw RefusedException.NotFound("reminder");

    private void PutTime(Reminder reminder, string? written)
    {
        var time = string.IsNullOrWhiteSpace(written) ? (WrittenTime?)null : RefusedException.In("remind_at", () => Coming(WrittenTime.Read(written, Clock)));
        reminder.RemindOn = time?.Wall;
        reminder.RemindAt = time?.Utc;
        reminder.DeliveredAt = null;
        if (scope.Db.Entry(reminder) is { State: EntityState.Modified or EntityState.Unchanged } kept)
        {
            // Written also where it was null when it was read: it may be ringing at this moment.
            kept.Property(one => one.DeliveredAt).IsModified = true;
        }
    }

    /// <summary>A day is nine o'clock; today after nine, the next full hour.</summary>
    private WrittenTime Coming(WrittenTime time)
    {
        if (time.IsDay)
        {
            time = WrittenTime.Of(Clock.InstantOf(time.Date.At(new LocalTime(HourOfADay, 0))), Clock);
            var hour = Clock.LocalNow.With(TimeAdjusters.TruncateToHour).PlusHours(1);
            time = time.At < scope.Now && hour.Date == time.Date ? WrittenTime.Of(Clock.InstantOf(hour), Clock) : time;
        }

        // Whoever says this minute means now.
        return time.At < scope.Now - Duration.FromMinutes(1)
            ? throw new ToolException($"{Clock.Show(time.At)} is over. It is now {Clock.Show(scope.Now)}.")
            : time;
    }
}
