using Convonet.Server.Cluster;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Cluster;

/// <summary>A node dies shortly after it has said that it lives.</summary>
[Collection(nameof(TestServer))]
public sealed class DeadNodeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Its lease runs on, here for ever, as it does not hear that it is dead; its turn does not wait for that.</summary>
    [Fact]
    public async Task Turn_OfANodeThatTheClusterTakesForDead_GoesOnBeforeItsLeaseEnds()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var never = new TaskCompletionSource();
        var first = await cluster.StartNodeAsync(
            model => model.Step().Text("Half").Wait(never.Task).Text(" gone."),
            services: services => services.AddSingleton<IFatalErrorHandler, GoesOn>());
        var asked = new TaskCompletionSource();
        var second = await cluster.StartNodeAsync(model => model.Otherwise = _ =>
        {
            asked.TrySetResult();
            return new ScriptedStep().Text("Whole.");
        });
        using (var here = await VoiceClient.ConnectAsync(first))
        {
            await here.AskAsync("One", "m1");
            await here.UntilAsync("agent_stream_chunk");
        }

        var dead = first.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        Assert.True(await second.Services.GetRequiredService<IClusterMembershipService>().TryKill(dead));

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

    /// <summary>A node that stands still, as far as the others can tell.</summary>
    private sealed class GoesOn : IFatalErrorHandler
    {
        public bool IsUnexpected(Exception exception) => false;

        public void OnFatalException(object? sender, string? context, Exception? exception)
        {
            // It is not told.
        }
    }

    /// <summary>Answers as a node does that has no such method.</summary>
    private sealed class OlderVersion : IIncomingGrainCallFilter
    {
        public Task Invoke(IIncomingGrainCallContext context) =>
            context.MethodName == nameof(IConversationOwner.LeaveAsync) ? throw new NotSupportedException("Unknown method.") : context.Invoke();
    }
}
