using System.Net.WebSockets;
using Convonet.Agents;
using Convonet.Models;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Cluster;

/// <summary>The node that a client is connected to is killed, and not the one that owns its conversation.</summary>
[Collection(nameof(TestServer))]
public sealed class ConnectionNodeTests
{
    private const string Whole = "Half\n\nand whole.";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>With the node the cluster may lose where the owner is, and move the conversation once: whatever epoch it ends in, what was shown stays and nothing happens twice.</summary>
    [Fact]
    public async Task NodeOfTheClient_Killed_TheClientHearsTheRestAtAThirdOneWithoutGapOrDouble()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var (away, gate, looks) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        var look = ToolFactory.Create(() => new { seen = Interlocked.Increment(ref looks) }, "look", "Looks.");
        void Rest(ScriptedModel model) => model.Otherwise = request => request.History is [.., HistoryItem.UserMessage { Text: AgentGraph.GoOn }]
            ? new ScriptedStep().Wait(gate.Task).Text("whole.")
            : new ScriptedStep().Wait(away.Task).Apart("and ").Wait(gate.Task).Text("whole.");
        var owner = await cluster.StartNodeAsync(
            model =>
            {
                model.Says("One.").Step().Text("Half").Call("look");
                Rest(model);
            },
            [look]);
        var third = await cluster.StartNodeAsync(Rest, [look]);
        await using var killed = await cluster.StartProcessAsync();
        using var home = await VoiceClient.ConnectAsync(owner);
        await home.AskAsync("One", "m1");
        var last = (await home.UntilAsync("agent_response"))[^1];

        using var before = await VoiceClient.ConnectAsync(owner, address: killed.Voice);
        await before.SendAsync("resume", new { conversation = home.Conversation, after = last.Seq, epoch = last.Epoch });
        await before.UntilAsync("status");
        await before.AskAsync("Two", "m2");
        var events = await before.UntilAsync("agent_tool_result");
        await killed.SignalAsync("KILL");
        events.AddRange(await RestAsync(before));
        away.SetResult();
        await home.UntilAsync(one => one["text"]?.EndsWith("and ", StringComparison.Ordinal) is true);

        using var after = await VoiceClient.ConnectAsync(third);
        await after.SendAsync("resume", new { conversation = home.Conversation, after = events[^1].Seq, epoch = events[^1].Epoch });
        await after.AskAsync("Two", "m2");
        events.AddRange(await after.UntilAsync(one => one.Name is "status" or "snapshot"));
        gate.SetResult();
        events.AddRange(await after.UntilAsync("agent_response"));

        Assert.Equal(Whole, events[^1]["text"]);
        AssertNumbered(events, last.Seq!.Value + 1);
        Assert.Equal(Whole, Shown(events));
        Assert.Equal(1, looks);
        Assert.Equal(2, await third.Services.GetRequiredService<ConvonetStore>().ReadAsync((db, token) => db.Turns.CountAsync(token), Token));
        Assert.Single(owner.Model.Requests.Concat(third.Model.Requests), request => request.StepId.StartsWith("call_2_0", StringComparison.Ordinal));
    }

    /// <summary>What still comes until the line breaks.</summary>
    private static async Task<List<WireEvent>> RestAsync(VoiceClient client)
    {
        var events = new List<WireEvent>();
        try
        {
            while (true)
            {
                events.Add(await client.NextAsync());
            }
        }
        catch (WebSocketException)
        {
            // It was killed.
            return events;
        }
    }

    /// <summary>Within an epoch; of another one a snapshot comes first, and tells the number that it stands at.</summary>
    private static void AssertNumbered(IEnumerable<WireEvent> events, long next)
    {
        foreach (var one in events)
        {
            if (one.Name == "snapshot")
            {
                next = one.Data.GetProperty("seq").GetInt64() + 1;
            }
            else if (one.Seq is { } seq)
            {
                Assert.Equal(next++, seq);
            }
        }
    }

    /// <summary>The text of the second turn on the client's screen.</summary>
    private static string Shown(IEnumerable<WireEvent> events)
    {
        var shown = "";
        foreach (var one in events)
        {
            if (one.Name == "snapshot")
            {
                var kept = one.Data.GetProperty("turns")[1].GetProperty("text").GetString()!;
                Assert.StartsWith(shown, kept, StringComparison.Ordinal);
                shown = kept;
            }
            else if (one.Name == "agent_stream_chunk")
            {
                shown += one["text"];
            }
        }

        return shown;
    }
}
