using Convonet.Server.Cluster;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Convonet.Tests.Cluster;

/// <summary>A node dies shortly after it has said that it lives.</summary>
[Collection(nameof(TestServer))]
public sealed class DeadNodeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Its lease runs on for seconds, and its turn does not wait for that.</summary>
    [Fact]
    public async Task Turn_OfANodeThatTheClusterTakesForDead_GoesOnBeforeItsLeaseEnds()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var never = new TaskCompletionSource();
        var first = await cluster.StartNodeAsync(model => model.Step().Text("Half").Wait(never.Task).Text(" gone."));
        using (var here = await VoiceClient.ConnectAsync(first))
        {
            await here.AskAsync("One", "m1");
            await here.UntilAsync("agent_stream_chunk");
        }

        await first.StopAsync();
        await using (var database = NpgsqlDataSource.Create(cluster.Database))
        await using (var lives = database.CreateCommand("""INSERT INTO nodes SELECT "Owner", now() + interval '1 hour' FROM conversations"""))
        {
            await lives.ExecuteNonQueryAsync(Token);
        }

        var asked = new TaskCompletionSource();
        var second = await cluster.StartNodeAsync(model => model.Otherwise = _ =>
        {
            asked.TrySetResult();
            return new ScriptedStep().Text("Whole.");
        });
        var takeOver = second.Services.GetServices<IHostedService>().OfType<TakeOver>().Single();

        Assert.Empty(await takeOver.LeftAsync(ofOthersToo: false, Token));
        takeOver.SiloStatusChangeNotification(second.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress, SiloStatus.Dead);
        await asked.Task.WaitAsync(TestServer.Patience, Token);
    }

    /// <summary>While nodes are replaced one by one, older ones do not know every question; here the only node that can have the conversation is one.</summary>
    [Fact]
    public async Task Turn_OfANodeThatIsGone_GoesOnAtOneThatCannotBeAskedToLetGo()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var never = new TaskCompletionSource();
        var first = await cluster.StartNodeAsync(model => model.Step().Text("Half").Wait(never.Task).Text(" gone."));
        using (var here = await VoiceClient.ConnectAsync(first))
        {
            await here.AskAsync("One", "m1");
            await here.UntilAsync("agent_stream_chunk");
        }

        await first.StopAsync();
        var asked = new TaskCompletionSource();
        await cluster.StartNodeAsync(
            model => model.Otherwise = _ =>
            {
                asked.TrySetResult();
                return new ScriptedStep().Text("Whole.");
            },
            services: services => services.AddSingleton<IIncomingGrainCallFilter, OlderVersion>());

        await asked.Task.WaitAsync(TestServer.Patience, Token);
    }

    /// <summary>Answers as a node does that has no such method.</summary>
    private sealed class OlderVersion : IIncomingGrainCallFilter
    {
        public Task Invoke(IIncomingGrainCallContext context) =>
            context.MethodName == nameof(IConversationOwner.LeaveAsync) ? throw new NotSupportedException("Unknown method.") : context.Invoke();
    }
}
