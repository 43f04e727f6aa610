using System.Net.Http.Json;
using Convonet.Server.Reminders;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Reminders;

/// <summary>Due reminders on the WebSocket.</summary>
public sealed class ReminderDoorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connect_AfterAReminderWasDue_IsToldOnce()
    {
        await using var server = await TestServer.StartAsync();
        using var anna = await server.RegisterAsync("anna@example.com");
        using var ben = await server.RegisterAsync("ben@example.com");
        await AddAsync(server, anna, "call Ben", DateTime.UtcNow.AddHours(-1));

        using var others = await ben.ConnectAsync();
        using var first = await anna.ConnectAsync();
        var told = await first.NextAsync();
        using var second = await anna.ConnectAsync();

        Assert.Equal(("reminder_due", "call Ben", "medium"), (told.Name, told["text"], told["importance"]));
        Assert.Equal("error", (await AfterNonsenseAsync(first)).Name);
        Assert.Equal("error", (await AfterNonsenseAsync(second)).Name);
        Assert.Equal("error", (await AfterNonsenseAsync(others)).Name);
    }

    [Fact]
    public async Task Connected_ReminderForNow_IsToldAtOnce()
    {
        await using var server = await TestServer.StartAsync();
        using var anna = await server.RegisterAsync("anna@example.com");
        using var page = await anna.ConnectAsync();

        using var made = await anna.Http.PostAsJsonAsync("/api/reminders", new { text = "call Ben", importance = "urgent", remind_at = "now" }, Token);

        Assert.True(made.IsSuccessStatusCode);
        var told = (await page.UntilAsync("reminder_due"))[^1];
        Assert.Equal(("call Ben", "urgent"), (told["text"], told["importance"]));
    }

    [Fact]
    public async Task Turn_OfAUser_IsToldTheirTimeZoneAndName()
    {
        await using var server = await TestServer.StartAsync();
        using var kiri = await server.RegisterAsync("kiri@example.com", "Kiri", "Pacific/Auckland");
        server.Model.Says("Hello.");
        using var page = await kiri.ConnectAsync();

        await page.AskAsync("Hi");
        await page.UntilAsync("agent_response");

        var request = Assert.Single(server.Model.Requests);
        Assert.Contains("The user is called \"Kiri\".", request.SystemPrompt, StringComparison.Ordinal);
        Assert.Contains("time zone Pacific/Auckland", request.Moment, StringComparison.Ordinal);
    }

    /// <summary>The next event when there is nothing else to say: the answer to a frame that is none.</summary>
    private static async Task<WireEvent> AfterNonsenseAsync(VoiceClient client)
    {
        await client.SendAsync("nonsense");
        return await client.NextAsync();
    }

    private static Task<bool> AddAsync(TestServer server, TestUser who, string text, DateTime at) => server.Services.GetRequiredService<ConvonetStore>().WriteAsync(
        (db, _) =>
        {
            db.Reminders.Add(new Reminder { Id = Guid.NewGuid(), OwnerId = who.Id, Text = text, RemindAt = at, RemindOn = at, CreatedAt = at });
            return Task.FromResult(true);
        },
        cancellationToken: Token);
}
