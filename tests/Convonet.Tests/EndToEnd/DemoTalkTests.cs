using System.Text;
using Convonet.Emulator;
using Convonet.Models;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.EndToEnd;

/// <summary>A newcomer's first talk: the demo model and the server's own tools, without a key.</summary>
public sealed class DemoTalkTests
{
    private static readonly (string Said, string Answered)[] Talk =
    [
        // The examples of the page.
        ("Add buy milk to my list and tell me what is on my calendar tomorrow", "One moment, I'll do both at the same time. Done: \"buy milk\" is on your list. Your calendar is empty tomorrow."),
        ("What is still on my todo list?", "Let me look at your list. You have one thing on your list: buy milk."),

        ("Make it urgent", "Right away. \"buy milk\" is urgent now."),
        ("Rename buy milk to buy oat milk", "Let me look at your list. Found it. \"buy milk\" is called \"buy oat milk\" now."),
        ("Move buy oat milk to tomorrow", "Let me look at your list. Found it. \"buy oat milk\" is due tomorrow now."),
        ("Put lunch with Sam on my calendar tomorrow at noon", "I'll put that on your calendar. Lunch with Sam is on your calendar, tomorrow at 12:00."),
        ("Move lunch with Sam to 1 pm", "Let me look at your calendar. Found it. \"lunch with Sam\" is tomorrow at 13:00 now."),
        ("When am I free tomorrow for two hours?", "Let me look for a gap. Tomorrow you are free from 8:00 to 13:00 and from 14:00 to 18:00."),
        ("Remind me to call Anna tomorrow at 5 pm", "I'll make a note of that. I'll remind you tomorrow at 17:00: call Anna."),
        ("What's my day like tomorrow?", "Let me see what is planned. Tomorrow you have lunch with Sam at 13:00. One thing is to do: buy oat milk. One reminder: call Anna at 17:00."),
        ("Postpone the reminder to call Anna by an hour", "Let me look at your reminders. Found it. \"call Anna\" is tomorrow at 18:00 now."),
        ("When is lunch with Sam?", "Let me look at your calendar. \"lunch with Sam\" is tomorrow at 13:00."),
        ("Every Monday at nine team standup", "I'll put that on your calendar. Team standup is on your calendar every Monday at 9:00, from Monday on."),
        ("Move the team standup to 10", "Let me look at your calendar. Found it. \"team standup\" is on Monday at 10:00 now."),
        ("Cancel lunch with Sam", "Let me look at your calendar. Found it. I deleted \"lunch with Sam\"."),
        ("Cancel the team standup", "Let me look at your calendar. Found it. I deleted \"team standup\" and all its repetitions."),
        ("Delete all my reminders", "Let me look at your reminders. Found it. I deleted \"call Anna\"."),
        ("Mark buy oat milk as done", "Let me look at your list. Found it. I ticked off \"buy oat milk\"."),
        ("Delete the trip to Rome", "Let me look at your list. It is not on your list. Let me look at your calendar. It is not on your calendar. Let me look at your reminders. "
            + "I could not find \"trip to Rome\" on your list, on your calendar or among your reminders."),
    ];

    [Fact]
    public async Task Talk_WholeConversation_DoesWhatIsSaid()
    {
        await using var server = await TestServer.StartAsync(time: new FakeTimeProvider(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero)), demo: true);
        using var client = await VoiceClient.ConnectAsync(server);
        foreach (var (said, answered) in Talk)
        {
            await client.AskAsync(said);
            var answer = (await client.UntilAsync("agent_response"))[^1]["text"]!;

            Assert.Equal($"{said} → {answered}", $"{said} → {string.Join(' ', answer.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}");
        }

        await using var db = await server.Services.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["buy oat milk urgent True"], db.Todos.Select(todo => $"{todo.Title} {todo.Priority} {todo.Completed}"));
        Assert.Empty(db.CalendarEvents);
        Assert.Empty(db.Reminders);
    }

    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task Talk_TheTurnBeforeHasNoAnswer_TheNewestMessageIsAnswered(EmulatedApi api)
    {
        await using var providers = await EmulatedProviders.StartAsync();
        var said = new ModelRequest("call_2_0", "", [new HistoryItem.UserMessage("Hello"), new HistoryItem.UserMessage("Hello")], [], ToolChoice.None);

        var text = new StringBuilder();
        await foreach (var update in providers.ModelOf(api).StreamAsync(said, TestContext.Current.CancellationToken))
        {
            text.Append((update as ModelUpdate.TextDelta)?.Text);
        }

        Assert.EndsWith("What can I do for you?", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tools_OfTheDemoModelsTests_AreThoseOfTheServer()
    {
        await using var server = await TestServer.StartAsync(demo: true);

        var tools = server.Services.GetRequiredService<ToolRunner>().Tools.ToDictionary(
            tool => tool.Name, tool => tool.JsonSchema.TryGetProperty("properties", out var properties) ? string.Join(' ', properties.EnumerateObject().Select(property => property.Name).Order()) : "");

        Assert.Equal(
            tools.OrderBy(tool => tool.Key).Select(tool => $"{tool.Key}({tool.Value})"),
            Emulator.Brain.Talk.AllTools.OrderBy(tool => tool.Key).Select(tool => $"{tool.Key}({string.Join(' ', tool.Value.Split(' ').Order())})"));
    }
}
