using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Accounts;

/// <summary>Databases from before there were accounts.</summary>
public sealed class AdoptionTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 7, 1, 10, 0, 0, TimeSpan.Zero));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public AdoptionTests() => _time.SetLocalTimeZone(TimeZoneInfo.FindSystemTimeZoneById("Europe/Zurich"));

    [Fact]
    public async Task Start_DatabaseWithoutAccounts_GivesEverythingToTheFirstOwner()
    {
        await using var file = await TestDatabase.CreateEmptyAsync();
        await MakeOldAsync(file);

        await using var server = await TestServer.StartAsync(file.Arguments, _time);

        await using var db = await server.Services.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContextAsync(Token);
        var owner = await db.Users.SingleAsync(Token);
        Assert.Equal("Europe/Zurich", owner.TimeZone);
        Assert.Equal(owner.Id, (await db.Todos.SingleAsync(Token)).OwnerId);
        var appointment = await db.CalendarEvents.SingleAsync(Token);
        Assert.Equal((owner.Id, "Europe/Zurich"), (appointment.OwnerId, appointment.TimeZone));
        Assert.Equal((Utc(7), Utc(8)), (appointment.StartsAt, appointment.EndsAt));
        var reminders = await db.Reminders.OrderBy(one => one.Text).ToArrayAsync(Token);
        Assert.All(reminders, one => Assert.Equal(owner.Id, one.OwnerId));
        Assert.Equal(
            [("future", Utc(13), null), ("note", null, null), ("past", Utc(9), Utc(10))],
            reminders.Select(one => (one.Text, one.RemindAt, one.DeliveredAt)));

        static DateTime? Utc(int hour) => new(2026, 7, 1, hour, 0, 0, DateTimeKind.Utc);
    }

    [Fact]
    public async Task Start_BeyondLoopbackWithoutAnOwner_GivesNothingToWhoeverRegistersFirst()
    {
        await using var file = await TestDatabase.CreateEmptyAsync();
        await MakeOldAsync(file);
        await using (var server = await TestServer.StartAsync([.. file.Arguments, .. TestServer.Beyond]))
        {
            using var eve = await server.RegisterAsync("eve@example.com");
        }

        await using (var server = await TestServer.StartAsync([.. file.Arguments, .. TestServer.Beyond]))
        {
            await using var db = await server.Services.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContextAsync(Token);
            Assert.Null((await db.Todos.SingleAsync(Token)).OwnerId);
        }
    }

    private static async Task MakeOldAsync(TestDatabase file)
    {
        await using var db = new SqliteDb(new DbContextOptionsBuilder<SqliteDb>().UseSqlite(file.ConnectionString).Options);
        await db.GetService<IMigrator>().MigrateAsync("20261122221652_Initial", Token);
        await db.Database.ExecuteSqlRawAsync(
            """
            INSERT INTO todos (Id, Title, Priority, Completed, CreatedAt) VALUES ('A0000000-0000-0000-0000-000000000001', 'buy milk', 'medium', 0, '2026-06-30 10:00:00');
            INSERT INTO calendar_events (Id, Title, Start, End, CreatedAt)
              VALUES ('B0000000-0000-0000-0000-000000000001', 'lunch', '2026-07-01 09:00:00', '2026-07-01 10:00:00', '2026-06-30 10:00:00');
            INSERT INTO reminders (Id, Text, Importance, RemindAt, CreatedAt) VALUES
              ('C0000000-0000-0000-0000-000000000001', 'past', 'medium', '2026-07-01 11:00:00', '2026-06-30 10:00:00'),
              ('C0000000-0000-0000-0000-000000000002', 'future', 'medium', '2026-07-01 15:00:00', '2026-06-30 10:00:00'),
              ('C0000000-0000-0000-0000-000000000003', 'note', 'medium', NULL, '2026-06-30 10:00:00');
            """,
            Token);
    }
}
