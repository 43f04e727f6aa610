using Convonet.Server.Transport.WebSockets;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Transport;

public sealed class LargeFramesTests : IDisposable
{
    private static readonly Guid Anna = Guid.NewGuid();
    private static readonly Guid Bruno = Guid.NewGuid();
    private readonly FakeTimeProvider _time = new();
    private readonly LargeFrames _frames;

    public LargeFramesTests() => _frames = new LargeFrames(8, _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enter_OfOneUser_GetsAQuarterAndOthersTheRest()
    {
        var first = await EnterAsync(Anna);
        var second = await EnterAsync(Anna);
        var third = EnterAsync(Anna).AsTask();
        var other = await EnterAsync(Bruno);

        Assert.All([first, second, other], Assert.NotNull);
        Assert.False(third.IsCompleted);
        Assert.Equal(3, _frames.Taken);

        first!.Dispose();
        first.Dispose();
        Assert.NotNull(await third);
        Assert.Equal(3, _frames.Taken);
    }

    [Fact]
    public async Task Enter_AllTaken_WaitsForOneAndGivesUp()
    {
        var places = new List<IDisposable?>();
        for (var place = 0; place < 8; place++)
        {
            places.Add(await EnterAsync(Guid.NewGuid()));
        }

        var waiting = EnterAsync(Anna).AsTask();
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await waiting);

        places[0]!.Dispose();
        Assert.NotNull(await EnterAsync(Anna));
        Assert.Equal(8, _frames.Taken);
    }

    [Fact]
    public async Task Enter_ClientIsGone_LeavesNothingBehind()
    {
        using var gone = new CancellationTokenSource();
        using var first = await EnterAsync(Anna);
        using var second = await EnterAsync(Anna);
        var waiting = _frames.EnterAsync(Anna, TimeSpan.FromSeconds(10), gone.Token).AsTask();

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        first!.Dispose();
        Assert.NotNull(await EnterAsync(Anna));
        Assert.Equal(2, _frames.Taken);
    }

    public void Dispose() => _frames.Dispose();

    private ValueTask<IDisposable?> EnterAsync(Guid user) => _frames.EnterAsync(user, TimeSpan.FromSeconds(10), Token);
}
