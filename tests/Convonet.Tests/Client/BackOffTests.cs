using Convonet.Client;

namespace Convonet.Tests.Client;

/// <summary>When a client that has no connection, or a dead one, tries again.</summary>
public sealed class BackOffTests : IAsyncDisposable
{
    private readonly ScriptedDoor _door = new();

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Fact]
    public async Task BackOff_WhileNobodyAnswers_DoublesUpToTenSeconds()
    {
        var waits = new List<double>();
        _door.Client(options => options with { OpenAsync = static (_, _, _) => throw new IOException("No route.") }).Connect();
        for (var attempt = 0; attempt < 7; attempt++)
        {
            var status = await _door.UntilAsync(ConnectionState.Waiting);
            Assert.Equal("No route.", status.Error?.Message);
            waits.Add(status.RetryIn!.Value.TotalSeconds);
            _door.Time.Advance(status.RetryIn.Value);
        }

        Assert.Equal([0.5, 1, 2, 4, 8, 10, 10], waits);
    }

    [Fact]
    public void BackOff_OfManyClients_IsSpread()
    {
        var random = new Random(7);
        var waits = Enumerable.Range(0, 100).Select(_ => new BackOff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), random.NextDouble).Next()).ToArray();

        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1)));
        Assert.True(waits.Distinct().Count() > 50);
    }

    [Fact]
    public async Task Wake_OfAConnectionThatIsDead_ReplacesIt()
    {
        var (client, connection) = await _door.OnlineAsync();
        client.Wake();
        await connection.HearAsync();

        _door.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.IsType<TimeoutException>((await _door.UntilAsync(ConnectionState.Waiting)).Error);
    }

    [Fact]
    public async Task Wake_OfAConnectionThatAnswers_KeepsIt()
    {
        var (client, connection) = await _door.OnlineAsync();
        client.Wake();
        await connection.HearAsync();
        await connection.SayResumedAsync();
        await ConvonetClientTests.ReadAsync(client, 2);

        _door.Time.Advance(TimeSpan.FromMinutes(1));
        client.Send("Hello");

        Assert.Contains("Hello", await connection.HearAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wake_WhileItWaits_ConnectsAtOnce()
    {
        var (client, connection) = await _door.OnlineAsync();
        connection.Cut();
        await _door.UntilAsync(ConnectionState.Waiting);

        client.Wake();

        await _door.AcceptAsync();
    }

    [Fact]
    public async Task Connect_ToAServerThatSaysNothing_IsGivenUp()
    {
        _door.Client().Connect();
        await _door.AcceptAsync();

        _door.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.IsType<TimeoutException>((await _door.UntilAsync(ConnectionState.Waiting)).Error);
    }
}
