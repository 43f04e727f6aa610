using Convonet.Server.Cluster;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Convonet.Tests.Cluster;

/// <summary>Redis comes back empty, and does not know any more who belongs to the cluster: without its table a node could not stop, and nobody would agree that one is dead.</summary>
[Collection(nameof(TestServer))]
public sealed class MembershipCopyTests : IAsyncLifetime
{
    private readonly string _name = $"test-{Guid.NewGuid():N}"[..20];
    private MembershipCopy _copy = null!;
    private ConnectionMultiplexer _redis = null!;
    private IDatabase _table = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await ConnectionMultiplexer.ConnectAsync(TestCluster.Redis());
        _table = _redis.GetDatabase();
        _copy = new MembershipCopy(Options.Create(new ClusterOptions { Name = _name }), TimeProvider.System, NullLogger<MembershipCopy>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
            _copy.Dispose();
        }
    }

    [Fact]
    public async Task Look_TableIsGone_PutsItBackAsItWas()
    {
        await WriteAsync(("Version", "7"), ("a", "one"), ("b", "two"));
        await _copy.LookAsync(_table);
        await _table.KeyDeleteAsync(KeyOf(_name));

        await _copy.LookAsync(_table);

        Assert.Equal(["Version 7", "a one", "b two"], await ReadAsync());
    }

    /// <summary>By a node that has started before anybody looked.</summary>
    [Theory]
    [InlineData(1, 8)]
    [InlineData(7, 8)]
    [InlineData(9, 10)] // by several
    public async Task Look_TableIsBegunAnew_AddsWhoWasThereAboveEveryVersionThatWasSeen(int begun, int restored)
    {
        await WriteAsync(("Version", "7"), ("a", "one"), ("b", "two"));
        await _copy.LookAsync(_table);
        await _table.KeyDeleteAsync(KeyOf(_name));
        await WriteAsync(("Version", $"{begun}"), ("c", "three"));

        await _copy.LookAsync(_table);
        await _copy.LookAsync(_table);

        Assert.Equal([$"Version {restored}", "a one", "b two", "c three"], await ReadAsync());
    }

    [Fact]
    public async Task Look_TableIsNewer_LeavesItAndCopiesIt()
    {
        await WriteAsync(("Version", "7"), ("a", "one"), ("b", "two"));
        await _copy.LookAsync(_table);
        await _table.HashDeleteAsync(KeyOf(_name), "a");
        await WriteAsync(("Version", "10"), ("b", "two, dead"));

        await _copy.LookAsync(_table);
        Assert.Equal(["Version 10", "b two, dead"], await ReadAsync());
        await _table.KeyDeleteAsync(KeyOf(_name));
        await _copy.LookAsync(_table);

        Assert.Equal(["Version 10", "b two, dead"], await ReadAsync());
    }

    [Fact]
    public async Task Node_ThatStarts_IsInTheTableThatIsCopied()
    {
        await using var cluster = await TestCluster.CreateAsync();
        await cluster.StartNodeAsync();

        Assert.Equal(2, await _table.HashLengthAsync(KeyOf(cluster.Name)));
        Assert.True(await _table.HashExistsAsync(KeyOf(cluster.Name), "Version"));
    }

    private static RedisKey KeyOf(string name) => MembershipCopy.KeyOf(name);

    private Task WriteAsync(params (string Name, string Value)[] rows) => _table.HashSetAsync(KeyOf(_name), [.. rows.Select(static row => new HashEntry(row.Name, row.Value))]);

    private async Task<string[]> ReadAsync() => [.. (await _table.HashGetAllAsync(KeyOf(_name))).Select(static row => $"{row.Name} {row.Value}").Order(StringComparer.Ordinal)];
}
