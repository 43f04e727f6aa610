using Convonet.Conversations;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Store;

/// <summary>Transactions that have come and are not over are counted, so that it is known how long the next one will wait.</summary>
public sealed class StoreLineTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_BehindOthers_StandsInLineUntilItIsOverOrFails()
    {
        await using var fixture = await StoreFixture.CreateAsync();
        var line = new Congestion(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100), fixture.Time);
        fixture.Store.Line = line;
        await fixture.Store.WriteAsync((_, _) => Task.FromResult(Slowly(fixture)), cancellationToken: Token); // some 31 ms each: a 32nd of a second
        line.Note(TimeSpan.FromSeconds(1));
        line.Note(TimeSpan.Zero);
        Assert.False(line.IsThere);
        var first = await HeldWriter.StartAsync(fixture.Store);
        Assert.False(line.IsThere);
        var second = fixture.Store.WriteAsync<int>((_, _) => throw new InvalidOperationException("No."), cancellationToken: Token);
        Assert.True(line.IsThere);

        await first.LetGoAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => second);
        Assert.False(line.IsThere);
    }

    private static int Slowly(StoreFixture fixture)
    {
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        return 0;
    }
}
