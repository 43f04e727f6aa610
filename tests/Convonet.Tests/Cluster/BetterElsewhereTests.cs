using Convonet.Server.Cluster;
using Convonet.Server.Transport;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Cluster;

/// <summary>When a node that does not reach the store sends its clients to another one.</summary>
public sealed class BetterElsewhereTests : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    private readonly FakeTimeProvider _time = new();
    private readonly BetterElsewhere _elsewhere = new();
    private readonly CutOffNode _node;
    private int _sentAway;

    public BetterElsewhereTests() =>
        _node = new CutOffNode(null!, new NodeIdentity("this"), _elsewhere, Options.Create(new ClusterOptions { Lease = Lease }), _time, NullLogger<CutOffNode>.Instance);

    public void Dispose()
    {
        _node.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public void CutOff_AnotherReachesTheStore_SendsAwayOnceUntilItIsOver()
    {
        Connect();
        _node.Hear();

        _node.Look(2 * Lease);
        Assert.Equal((0, false), (_sentAway, _elsewhere.IsNow));
        _node.Look((2 * Lease) + TimeSpan.FromTicks(1));
        _node.Look(3 * Lease);
        Assert.Equal((1, true), (_sentAway, _elsewhere.IsNow));

        _node.Look(TimeSpan.Zero);
        Assert.False(_elsewhere.IsNow);
        Connect();
        _node.Look(3 * Lease);
        Assert.Equal(2, _sentAway);
    }

    [Fact]
    public void CutOff_NobodyReachesTheStore_KeepsItsClients()
    {
        Connect();
        _node.Look(3 * Lease);

        _node.Hear();
        _time.Advance(Lease / 2);
        _node.Look(TimeSpan.Zero);
        _time.Advance((Lease / 2) + TimeSpan.FromTicks(1));
        _node.Look(3 * Lease);

        Assert.Equal((0, false), (_sentAway, _elsewhere.IsNow));
    }

    /// <summary>A machine that sleeps, or a process that is stopped: what the others said lies there when it wakes, and its own sign is as old as its sleep.</summary>
    [Fact]
    public void StoodStill_SendsNobodyAwayBeforeItHasTriedAgain()
    {
        Connect();
        _time.Advance(10 * Lease);
        _node.Hear();
        _node.Look(10 * Lease);
        Assert.Equal((0, false), (_sentAway, _elsewhere.IsNow));

        _time.Advance(Lease / 3);
        _node.Look((10 * Lease) + (Lease / 3));

        Assert.Equal((1, true), (_sentAway, _elsewhere.IsNow));
    }

    /// <summary>The others notice it up to a look later than this node, and what they said last holds for a while.</summary>
    [Fact]
    public void CutOff_StoreIsAwayForAll_KeepsItsClients()
    {
        Connect();
        var look = Lease / 3;
        var silence = Lease + look; // the other, which reached it a look later, says for the last time that its lease is not over
        _time.Advance(silence);
        _node.Hear();

        for (; silence <= 3 * Lease; silence += look / 4)
        {
            _node.Look(silence);
            _time.Advance(look / 4);
        }

        Assert.Equal((0, false), (_sentAway, _elsewhere.IsNow));
    }

    /// <summary>One that was let in just before it began.</summary>
    [Fact]
    public void Connects_WhileItIsSo_IsSentAwayAtOnce()
    {
        _node.Hear();
        _node.Look(3 * Lease);

        Connect();

        Assert.Equal(1, _sentAway);
    }

    /// <summary>Its host would end with it.</summary>
    [Fact]
    public async Task Start_RedisIsAway_IsTriedAgain()
    {
        var log = new ListLogger<CutOffNode>();
        var options = Options.Create(new ClusterOptions { Lease = Lease, Redis = "127.0.0.1:1,connectTimeout=100,asyncTimeout=100,syncTimeout=100" });
        using var node = new CutOffNode(null!, new NodeIdentity("this"), _elsewhere, options, _time, log);

        await node.StartAsync(TestContext.Current.CancellationToken);
        while (log.Lines.Count < 2 && !node.ExecuteTask!.IsCompleted)
        {
            _time.Advance(Lease / 3);
            await Task.Yield();
        }

        Assert.False(node.ExecuteTask!.IsCompleted);
        await node.StopAsync(TestContext.Current.CancellationToken);
    }

    private void Connect() => _elsewhere.Begins.Register(() => _sentAway++);
}
