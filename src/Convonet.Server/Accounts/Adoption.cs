using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Convonet.Server.Accounts;

/// <summary>Gives what was kept before there were accounts to the first owner.</summary>
internal static class Adoption
{
    public static Task AdoptAsync(this ConvonetStore store, AppUser owner, CancellationToken cancellationToken) => store.WriteAsync(
        async (db, token) =>
        {
            var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(owner.TimeZone) ?? DateTimeZone.Utc;
            await foreach (var todo in db.Todos.Where(one => one.OwnerId == null).AsAsyncEnumerable().WithCancellation(token))
            {
                todo.OwnerId = owner.Id;
            }

            await foreach (var reminder in db.Reminders.Where(one => one.OwnerId == null).AsAsyncEnumerable().WithCancellation(token))
            {
                reminder.OwnerId = owner.Id;
                reminder.RemindAt = reminder.RemindOn is { } on ? Utc(on, zone) : null;

                // What was due before there was somebody to tell does not ring now.
                reminder.DeliveredAt = reminder.RemindAt <= store.Now.ToDateTimeUtc() ? store.Now.ToDateTimeUtc() : null;
            }

            await foreach (var appointment in db.CalendarEvents.Where(one => one.OwnerId == null).AsAsyncEnumerable().WithCancellation(token))
            {
                appointment.OwnerId = owner.Id;
                appointment.TimeZone = owner.TimeZone;
                (appointment.StartsAt, appointment.EndsAt) = (Utc(appointment.Start, zone), Utc(appointment.End, zone));
            }

            return true;
        },
        repeatable: true,
        cancellationToken);

    private static DateTime Utc(DateTime local, DateTimeZone zone) => LocalDateTime.FromDateTime(local).InZoneLeniently(zone).ToDateTimeUtc();
}
