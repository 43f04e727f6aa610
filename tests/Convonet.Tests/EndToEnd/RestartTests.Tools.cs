using Convonet.Server.Store;
using Convonet.Server.Todos;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.EndToEnd;

/// <summary>The tools that the servers have, and what is asked of them.</summary>
public abstract partial class RestartTests
{
    private static async Task<WireEvent> ResumeAsync(VoiceClient client, string conversation)
    {
        await client.SendAsync("resume", new { conversation, after = 0, epoch = 1 });
        return (await client.UntilAsync("snapshot"))[^1];
    }

    private static Task<string[]> TitlesAsync(TestServer server) => server.Services.GetRequiredService<ConvonetStore>()
        .ReadAsync((db, token) => db.Todos.Select(todo => todo.Title).ToArrayAsync(token), Token);

    private Task<TestServer> StartAsync(params IEnumerable<AIFunction> tools) => StartAsync(static _ => { }, tools);

    private Task<TestServer> StartAsync(Action<ScriptedModel> script, params IEnumerable<AIFunction> tools) =>
        TestServer.StartAsync(database: _database, tools: [.. tools, Note()], script: script);

    /// <summary>The first server, which stops in mid-step, once the call that writes has run.</summary>
    /// <returns>The conversation.</returns>
    private async Task<string> NoteAndStopAsync()
    {
        await using var first = await StartAsync();
        first.Model.Step().Text("I note it. ").Call("note", """{"title":"milk"}""").Hang();
        using var client = await VoiceClient.ConnectAsync(first);
        await client.AskAsync("Milk", "m1");
        return (await client.UntilAsync("agent_tool_result"))[0]["conversation"]!;
    }

    /// <summary>Writes a row whose id is new each time, so that a second run would show.</summary>
    private AIFunction Note() => ToolFactory.Create(
        (string title) =>
        {
            Ran("note");
            return new ToolCommit(async (transaction, token) =>
            {
                var db = ((StoreTransaction)transaction).Db;
                db.Todos.Add(new Todo { Id = Guid.NewGuid(), Title = title });
                await db.SaveChangesAsync(token);
                return new ToolAnswer("Noted.");
            });
        },
        "note",
        "Writes.",
        new ToolTraits { Effect = ToolEffect.Store });

    private AIFunction AtWork(string name, ToolEffect effect, CountdownEvent? started, Task end) => ToolFactory.Create(
        async (CancellationToken token) =>
        {
            Ran(name);
            started?.Signal();
            await end.WaitAsync(token);
            return "Done.";
        },
        name,
        "Works.",
        new ToolTraits { Effect = effect });

    private void Ran(string tool)
    {
        lock (_ran)
        {
            _ran.Add(tool);
        }
    }
}
