using Convonet.Server.Transport.WebSockets;

namespace Convonet.Tests.Transport;

public sealed class OutboxTests
{
    private readonly Outbox _outbox = new();

    [Fact]
    public void Add_PastItsNumber_IsRefused()
    {
        for (var frame = 0; frame < Outbox.Capacity; frame++)
        {
            Assert.True(_outbox.TryAdd([(byte)frame]));
        }

        Assert.False(_outbox.TryAdd([99]));
        Assert.True(_outbox.TryTake(out var first));
        Assert.Equal(0, first[0]);
        Assert.True(_outbox.TryAdd([99]));
    }

    [Fact]
    public void Add_PastItsBytes_IsRefusedUntilThereIsRoom()
    {
        Assert.True(_outbox.TryAdd(new byte[Outbox.MostBytes - 1]));

        Assert.True(_outbox.TryAdd(new byte[1]));
        Assert.False(_outbox.TryAdd(new byte[1]));

        Assert.True(_outbox.TryTake(out _));
        Assert.True(_outbox.TryAdd(new byte[Outbox.MostBytes - 1]));
    }

    [Fact]
    public void Add_OneLargerThanAll_IsTakenAlone()
    {
        Assert.True(_outbox.TryAdd(new byte[Outbox.MostBytes * 2]));
        Assert.False(_outbox.TryAdd(new byte[1]));
        Assert.True(_outbox.TryTake(out _));
        Assert.False(_outbox.TryTake(out _));
    }

    [Theory]
    [InlineData(Outbox.Capacity / 2, 1)]
    [InlineData(1, Outbox.MostBytes / 2)]
    public void HalfEmpty_HalfOfEitherBound_IsNot(int frames, int bytes)
    {
        for (var frame = 0; frame < frames; frame++)
        {
            Assert.True(_outbox.IsHalfEmpty);
            _outbox.TryAdd(new byte[bytes]);
        }

        Assert.False(_outbox.IsHalfEmpty);
    }
}
