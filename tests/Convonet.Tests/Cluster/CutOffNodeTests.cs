using System.Net;
using System.Net.WebSockets;
using Convonet.Conversations;
using Convonet.Server.Cluster;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Convonet.Tests.Cluster;

/// <summary>A node that the others reach, and that does not reach the store: what it shows it cannot keep.</summary>
[Collection(nameof(TestServer))]
public sealed class CutOffNodeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Its turn goes on at the other node, its client follows it there over the same connection, and a message of that client is answered while the store is still out of reach.</summary>
    [Fact]
    public async Task Owner_ThatDoesNotReachTheStore_GivesItsTurnAway()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var store = new NpgsqlConnectionStringBuilder(cluster.Database);
        await using var line = new HeldLine(store.Port);
        store.Port = line.Port;
        var never = new TaskCompletionSource();
        var first = await cluster.StartNodeAsync(model => model.Step().Apart("Half ").Wait(never.Task).Text("lost."), args: ["--Convonet:Database", store.ConnectionString], services: StaysQuiet);
        var gate = new TaskCompletionSource();
        var second = await cluster.StartNodeAsync(model => model.Otherwise = request =>
            request.StepId.StartsWith("call_2", StringComparison.Ordinal) ? new ScriptedStep().Text("Two.") : new ScriptedStep().Wait(gate.Task).Text("and whole."));
        using var client = await VoiceClient.ConnectAsync(first);
        await client.AskAsync("One", "m1");
        await client.UntilAsync("agent_stream_chunk");

        while (!await second.Services.GetRequiredService<ConvonetStore>().ReadAsync((db, token) => db.Pieces.AnyAsync(token), Token))
        {
            // Shown text is kept behind its showing.
        }

        line.Hold();
        var superseded = (await client.UntilAsync(one => one.Name == "superseded"))[^1];
        await client.UntilAsync("snapshot");
        gate.SetResult();
        var end = (await client.UntilAsync("agent_response"))[^1];
        await client.AskAsync("Two", "m2");
        var next = (await client.UntilAsync("agent_response"))[^1];
        line.Pass();

        Assert.Equal((1, "5"), (superseded.Turn, superseded["keep"]));
        Assert.Equal(("completed", "Half and whole."), (end["outcome"], end["text"]));
        Assert.True(end.Epoch > 1);
        Assert.Equal(("completed", "Two.", "2"), (next["outcome"], next["text"], next["turn"]));
        Assert.Single(first.Model.Requests);
    }

    /// <summary>The store was away for both, and the other one has just come back: all leases are over then, and whoever lives has yet to say so.</summary>
    [Fact]
    public async Task Owner_ThatDoesNotReachTheStoreYet_KeepsItsTurnUntilTheOtherIsSteady()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var store = new NpgsqlConnectionStringBuilder(cluster.Database);
        await using var line = new HeldLine(store.Port);
        store.Port = line.Port;
        var never = new TaskCompletionSource();
        var first = await cluster.StartNodeAsync(
            model => model.Step().Text("Half ").Wait(never.Task), args: ["--Convonet:Database", store.ConnectionString, "--Convonet:Cluster:Lease", "00:00:01"], services: StaysQuiet);
        var second = await cluster.StartNodeAsync(model => model.Otherwise = _ => new ScriptedStep().Wait(never.Task), services: TakesNothingOver);
        using var client = await VoiceClient.ConnectAsync(first);
        await client.AskAsync("One", "m1");
        await client.UntilAsync("agent_stream_chunk");
        var time = new FakeTimeProvider();
        using var lease = ActivatorUtilities.CreateInstance<NodeLease>(second.Services, time);
        using var takeOver = ActivatorUtilities.CreateInstance<TakeOver>(second.Services, lease);

        line.Hold();
        await UntilLeaseIsOverAsync(first, second);
        await lease.RenewAsync(Token);
        var isDone = await takeOver.LookAsync(ofOthersToo: false, Token);
        Assert.Equal((true, 1, 0), (isDone, CountAt(first), CountAt(second)));

        for (var renewal = 0; renewal < 4; renewal++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await lease.RenewAsync(Token);
        }

        while (CountAt(second) == 0)
        {
            await takeOver.LookAsync(ofOthersToo: false, Token);
        }

        line.Pass();
    }

    /// <summary>It is told where it is served, comes there and goes on; the node takes nobody in until it reaches the store again.</summary>
    [Fact]
    public async Task Client_OfANodeThatDoesNotReachTheStore_IsSentToOneThatDoes()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var store = new NpgsqlConnectionStringBuilder(cluster.Database);
        await using var line = new HeldLine(store.Port);
        store.Port = line.Port;
        var first = await cluster.StartNodeAsync(model => model.Says("One."), args: ["--Convonet:Database", store.ConnectionString, "--Convonet:Cluster:Lease", "00:00:01"]);
        var second = await cluster.StartNodeAsync(model => model.Says("Two."), args: ["--Convonet:Cluster:Lease", "00:00:01"]);
        using var here = await VoiceClient.ConnectAsync(first);
        await here.AskAsync("One", "m1");
        var one = (await here.UntilAsync("agent_response"))[^1];

        line.Hold();
        var (status, events) = await here.UntilClosedAsync();
        var refused = await VoiceClient.RefusalAsync(first);
        using var there = await VoiceClient.ConnectAsync(second);
        await there.SendAsync("resume", new { conversation = here.Conversation, after = one.Seq, epoch = one.Epoch });
        await there.UntilAsync(heard => heard.Name is "status" or "snapshot");
        await there.AskAsync("Two", "m2");
        var answer = (await there.UntilAsync(heard => heard.Name is "agent_response" or "error"))[^1];
        line.Pass();

        Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "going_away"), (status, events[^1].Name));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused);
        Assert.True(answer.Name == "agent_response", answer.Raw);
        Assert.Equal(("completed", "Two.", 2), (answer["outcome"], answer["text"], answer.Turn));
    }

    /// <summary>
    /// Nothing runs in it, so nobody takes it over: who talks to it from a node that reaches the store is answered there. A node that has not reached it for a lease yet refuses the message
    /// for now, and its client sends it again.
    /// </summary>
    [Fact]
    public async Task IdleConversation_OfAnOwnerThatDoesNotReachTheStore_GoesOnWhereItIsTalkedTo()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var store = new NpgsqlConnectionStringBuilder(cluster.Database);
        await using var line = new HeldLine(store.Port);
        store.Port = line.Port;
        var first = await cluster.StartNodeAsync(model => model.Says("One."), args: ["--Convonet:Database", store.ConnectionString]);
        var second = await cluster.StartNodeAsync(model => model.Says("Two."));
        using var here = await VoiceClient.ConnectAsync(first);
        await here.AskAsync("One", "m1");
        await here.UntilAsync("agent_response");
        using var there = await VoiceClient.ConnectAsync(second);
        await there.SendAsync("resume", new { conversation = here.Conversation, after = 0, epoch = 1 });
        await there.UntilAsync("agent_response");

        line.Hold();
        var answer = await AskAsync();
        for (var again = 0; again < 10 && answer["code"] == "storage_unavailable"; again++)
        {
            answer = await AskAsync();
        }

        line.Pass();

        Assert.True(answer.Name == "agent_response", answer.Raw);
        Assert.Equal(("completed", "Two."), (answer["outcome"], answer["text"]));
        Assert.Equal(2, answer.Turn);
        Assert.Single(first.Model.Requests);

        async Task<WireEvent> AskAsync()
        {
            await there.AskAsync("Two", "m2");
            return (await there.UntilAsync(one => one.Name is "agent_response" or "error"))[^1];
        }
    }

    private static int CountAt(TestServer node) => node.Services.GetRequiredService<LocalConversationDirectory>().Count;

    private static async Task UntilLeaseIsOverAsync(TestServer node, TestServer other)
    {
        var (name, store) = (node.Services.GetRequiredService<NodeIdentity>().Name, other.Services.GetRequiredService<ConvonetStore>());
        while (await store.ReadAsync((db, token) => db.Nodes.FromSql($"SELECT * FROM nodes WHERE alive_until > now()").AnyAsync(one => one.Name == name, token), Token))
        {
            // By the database's clock.
        }
    }

    private static void TakesNothingOver(IServiceCollection services) => services.Remove(services.Single(static service => service.ImplementationType == typeof(TakeOver)));

    /// <summary>It sends nobody away, however long the machine takes over what follows.</summary>
    private static void StaysQuiet(IServiceCollection services) => services.Remove(services.Single(static service => service.ImplementationType == typeof(CutOffNode)));
}
