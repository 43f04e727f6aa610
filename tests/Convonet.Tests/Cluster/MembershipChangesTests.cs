using Convonet.Conversations;
using Convonet.Server.Cluster;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Cluster;

/// <summary>Owners are told that a node goes, and keep no answer back then.</summary>
[Collection(nameof(TestServer))]
public sealed class MembershipChangesTests
{
    /// <summary>Longer than any test; the cluster's own limit of an answer is 15 s.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private static readonly SiloAddress Other = SiloAddress.New(new(System.Net.IPAddress.Loopback, 1), 1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SiloStatus.ShuttingDown)]
    [InlineData(SiloStatus.Stopping)]
    [InlineData(SiloStatus.Dead)]
    public void Next_ANodeGoes_IsDone_AndAnotherFollows(SiloStatus status)
    {
        var (silos, time) = (new FakeSilos(), new FakeTimeProvider());
        var changes = new MembershipChanges(silos, time);
        var next = changes.Next;

        silos.Tell(Other, status);

        Assert.Equal((true, false, true), (next.IsCompleted, changes.Next.IsCompleted, changes.AreRecent));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(changes.AreRecent);
    }

    [Theory]
    [InlineData(SiloStatus.Created)]
    [InlineData(SiloStatus.Joining)]
    [InlineData(SiloStatus.Active)]
    public void Next_ANodeComes_IsNotDone(SiloStatus status)
    {
        var silos = new FakeSilos();
        var changes = new MembershipChanges(silos, new FakeTimeProvider());
        var next = changes.Next;

        silos.Tell(Other, status);

        Assert.Equal((false, false), (next.IsCompleted, changes.AreRecent));
        Assert.Same(next, changes.Next);
    }

    /// <summary>And the reads behind it are not held for long, until the cluster has found itself.</summary>
    [Fact]
    public async Task Read_ThatIsHeld_EndsWhenANodeGoes()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var node = await cluster.StartNodeAsync();
        var conversation = await BeginAsync(node);
        var held = await HoldAsync(node, conversation);

        node.Services.GetRequiredService<MembershipChanges>().SiloStatusChangeNotification(Other, SiloStatus.Dead);

        Assert.Empty((await held.WaitAsync(TestServer.Patience, Token))!.Frames);
        Assert.Empty((await ReadAsync(node, conversation).WaitAsync(TestServer.Patience, Token))!.Frames);
    }

    [Fact]
    public async Task Read_ThatIsHeld_StaysWhenANodeComes_UntilThereIsNews()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var node = await cluster.StartNodeAsync();
        var conversation = await BeginAsync(node);
        var held = await HoldAsync(node, conversation);

        node.Services.GetRequiredService<MembershipChanges>().SiloStatusChangeNotification(Other, SiloStatus.Active);
        Assert.Equal((1, false), (conversation.Events.WatcherCount, held.IsCompleted));
        conversation.Events.Append(new SessionEvent.Status("news", "News."));

        Assert.Single((await held.WaitAsync(TestServer.Patience, Token))!.Frames);
    }

    private static async Task<Conversation> BeginAsync(TestServer node)
    {
        var local = node.Services.GetRequiredService<LocalConversationDirectory>();
        return (await local.StartAsync(local.NewId(), node.OwnerId.ToString(), Token))!;
    }

    private static Task<EventBatch?> ReadAsync(TestServer node, Conversation conversation) =>
        node.Services.GetRequiredService<IGrainFactory>().GetGrain<IConversationOwner>(conversation.Id).ReadAsync(conversation.User, conversation.Events.Epoch, conversation.Events.Head, Long);

    /// <summary>A read that waits at its owner.</summary>
    private static async Task<Task<EventBatch?>> HoldAsync(TestServer node, Conversation conversation)
    {
        var held = ReadAsync(node, conversation);
        while (conversation.Events.WatcherCount == 0 && !held.IsCompleted)
        {
            await Task.Yield();
        }

        return held;
    }

    /// <summary>The nodes as the cluster tells of them.</summary>
    private sealed class FakeSilos : ISiloStatusOracle
    {
        private readonly List<ISiloStatusListener> _listeners = [];

        public SiloStatus CurrentStatus => SiloStatus.Active;

        public string SiloName => "this";

        public SiloAddress SiloAddress => SiloAddress.Zero;

        public void Tell(SiloAddress silo, SiloStatus status) => _listeners.ForEach(one => one.SiloStatusChangeNotification(silo, status));

        public bool SubscribeToSiloStatusEvents(ISiloStatusListener observer)
        {
            _listeners.Add(observer);
            return true;
        }

        public bool UnSubscribeFromSiloStatusEvents(ISiloStatusListener observer) => _listeners.Remove(observer);

        public SiloStatus GetApproximateSiloStatus(SiloAddress siloAddress) => throw new NotSupportedException();

        public Dictionary<SiloAddress, SiloStatus> GetApproximateSiloStatuses(bool onlyActive = false) => throw new NotSupportedException();

        public SiloAddress[] GetActiveSilos() => throw new NotSupportedException();

        public bool TryGetSiloName(SiloAddress siloAddress, out string siloName) => throw new NotSupportedException();

        public bool IsFunctionalDirectory(SiloAddress siloAddress) => throw new NotSupportedException();

        public bool IsDeadSilo(SiloAddress silo) => throw new NotSupportedException();
    }
}
