using Convonet.Server.Cluster;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Cluster;

/// <summary>When a node may take it that another one whose lease is over is cut off, and the store was not away for all.</summary>
public sealed class NodeLeaseTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Period = Lease / 3;

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Renewed_ForALeaseWithoutAGap_IsSteady()
    {
        await using var store = await TestStore.CreateAsync(TestDatabase.Postgres);
        using var lease = LeaseIn(store.Store);
        await lease.RenewAsync(Token);

        await RenewEachPeriodAsync(lease, 3);
        var soFar = (lease.IsSteady, await lease.ReachesStoreAsync(Token));
        await RenewEachPeriodAsync(lease, 1);

        Assert.Equal((false, false), soFar);
        Assert.Equal((true, true), (lease.IsSteady, await lease.ReachesStoreAsync(Token)));
    }

    /// <summary>The others were late too, and need their time to say that they live.</summary>
    [Fact]
    public async Task Renewed_BehindAGap_IsNotSteadyForALease()
    {
        await using var store = await TestStore.CreateAsync(TestDatabase.Postgres);
        using var lease = LeaseIn(store.Store);
        await RenewEachPeriodAsync(lease, 4);
        Assert.True(lease.IsSteady);

        _time.Advance(2 * Period);
        Assert.Equal((false, false), (lease.IsSteady, lease.IsOver));
        await lease.RenewAsync(Token);
        Assert.Equal((false, false), (lease.IsSteady, await lease.ReachesStoreAsync(Token)));
        await RenewEachPeriodAsync(lease, 3);
        Assert.False(lease.IsSteady);
        await RenewEachPeriodAsync(lease, 1);
        Assert.True(lease.IsSteady);
    }

    /// <summary>A store that is slow is not away: it is said once a period all the same.</summary>
    [Fact]
    public async Task Renewed_EachPeriodThatNearlyPassesMeanwhile_IsSteady()
    {
        await using var store = await TestStore.CreateAsync(TestDatabase.Postgres);
        using var lease = LeaseIn(store.Store);
        await lease.RenewAsync(Token);
        store.Store.Waited = _ => _time.Advance(Period * 0.9);

        for (var time = 0; time < 5; time++)
        {
            _time.Advance(Period * 0.1);
            await lease.RenewAsync(Token);
        }

        Assert.True(lease.IsSteady);
    }

    private NodeLease LeaseIn(ConvonetStore store) => new(store, new NodeIdentity("this"), Options.Create(new ClusterOptions { Lease = Lease }), _time, NullLogger<NodeLease>.Instance);

    private async Task RenewEachPeriodAsync(NodeLease lease, int times)
    {
        for (var time = 0; time < times; time++)
        {
            _time.Advance(Period);
            await lease.RenewAsync(Token);
        }
    }
}
