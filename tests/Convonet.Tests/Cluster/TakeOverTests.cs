using Convonet.Conversations;
using Convonet.Server.Cluster;
using Convonet.Server.Conversations;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Cluster;

/// <summary>What a look for turns that nobody works on finds; the node's own looks are too far apart to be in its way.</summary>
[Collection(nameof(TestServer))]
public sealed class TakeOverTests
{
    private const int Turns = 3;

    private readonly TaskCompletionSource _never = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Those that are taken over run on here, and are what is found first from then on.</summary>
    [Fact]
    public async Task Look_MoreThanAreReadAtOnce_GoesOnUntilNoneIsLeft()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var node = await StartAsync(cluster);
        using var takeOver = ActivatorUtilities.CreateInstance<TakeOver>(node.Services);
        takeOver.AtOnce = 1;

        var isDone = await takeOver.LookAsync(ofOthersToo: true, Token);

        Assert.Equal((true, Turns), (isDone, node.Services.GetRequiredService<LocalConversationDirectory>().Count));
    }

    [Fact]
    public async Task Left_OnePageBehindTheOther_AreAllOnce_AndThoseOfNodesThatLiveTheLast()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var node = await StartAsync(cluster);
        await OfALivingNodeAsync(node, "c_1");
        using var takeOver = ActivatorUtilities.CreateInstance<TakeOver>(node.Services);
        takeOver.AtOnce = 1;

        List<string> left = [];
        LeftPlace? end = null;
        do
        {
            var page = await takeOver.LeftAsync(ofOthersToo: true, end, Token);
            left.AddRange(page.Conversations.Select(one => one.Conversation));
            end = page.End;
        }
        while (end is not null);

        Assert.Equal(["c_2", "c_3", "c_1"], left);
    }

    /// <summary>A node that has just died has a lease yet, though the one that ends first: its conversations are not to wait until those that live were asked for theirs.</summary>
    [Fact]
    public async Task Left_BehindADeath_TheMostSilentNodesAreTheFirst()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var node = await StartAsync(cluster);
        await OfALivingNodeAsync(node, "c_1", "silent", 60);
        await OfALivingNodeAsync(node, "c_2", "lives", 3600);
        await OfALivingNodeAsync(node, "c_3", "lives", 3600);
        using var takeOver = ActivatorUtilities.CreateInstance<TakeOver>(node.Services);

        for (var look = 0; look < 10; look++)
        {
            Assert.Equal("c_1", (await takeOver.LeftAsync(ofOthersToo: true, null, Token)).Conversations[0].Conversation);
        }
    }

    [Fact]
    public async Task Look_AnotherNodeDies_BeginsAnew()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var node = await StartAsync(cluster);
        using var takeOver = ActivatorUtilities.CreateInstance<TakeOver>(node.Services);
        takeOver.SiloStatusChangeNotification(node.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress, SiloStatus.Dead);

        Assert.False(await takeOver.LookAsync(ofOthersToo: true, Token));
        Assert.True(await takeOver.LookAsync(ofOthersToo: false, Token));
    }

    /// <summary>A node with turns in its store that nobody has begun.</summary>
    private async Task<TestServer> StartAsync(TestCluster cluster)
    {
        var node = await cluster.StartNodeAsync(model => model.Otherwise = _ => new ScriptedStep().Wait(_never.Task).Text("Never."), args: ["--Convonet:Cluster:Lease", "00:01:00"]);
        var conversations = new ConversationStore(node.Services.GetRequiredService<ConvonetStore>());
        for (var one = 1; one <= Turns; one++)
        {
            await conversations.AcceptAsync(new NewTurn(Guid.NewGuid(), $"c_{one}", 1, node.OwnerId.ToString(), "m1", "Go on.", false, "first"), 1, Token);
        }

        return node;
    }

    private static Task<int> OfALivingNodeAsync(TestServer node, string conversation, string owner = "other", int seconds = 3600) => node.Services.GetRequiredService<ConvonetStore>().WriteAsync(
        async (db, token) =>
        {
            await db.Database.ExecuteSqlAsync($"INSERT INTO nodes (name, alive_until) VALUES ({owner}, now() + {TimeSpan.FromSeconds(seconds)}) ON CONFLICT DO NOTHING", token);
            return await db.Conversations.Where(one => one.Id == conversation).ExecuteUpdateAsync(update => update.SetProperty(one => one.Owner, owner), token);
        },
        cancellationToken: Token);
}
