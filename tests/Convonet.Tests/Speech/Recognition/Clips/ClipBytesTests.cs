using Convonet.Speech.Recognition.Clips;

namespace Convonet.Tests.Speech.Recognition.Clips;

public sealed class ClipBytesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(5_000_000)]
    public void TryAdd_UpToTheLimit_KeepsAllInOrderAndRefusesMore(int piece)
    {
        var bytes = new ClipBytes(5_000_000);
        var expected = new byte[piece == 1 ? 1_000 : 5_000_000];
        new Random(1).NextBytes(expected);
        foreach (var part in expected.Chunk(piece))
        {
            Assert.True(bytes.TryAdd(part));
        }

        Assert.True(bytes.Written.Span.SequenceEqual(expected));
        Assert.False(bytes.TryAdd(new byte[5_000_001 - expected.Length]));
        Assert.Equal(expected.Length, bytes.Length);
    }

    [Fact]
    public void TryAdd_LittleByLittle_CostsLittleMoreThanTheLimit()
    {
        var bytes = new ClipBytes(25_000_000);
        var piece = new byte[50_000];

        var before = GC.GetAllocatedBytesForCurrentThread();
        while (bytes.TryAdd(piece))
        {
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 25_000_000, 30_000_000);
    }

    [Fact]
    public void TryAdd_AfterClear_BeginsAnew()
    {
        var bytes = new ClipBytes(3);
        bytes.TryAdd([1, 2, 3]);

        bytes.Clear();

        Assert.True(bytes.TryAdd([4]));
        Assert.Equal([4], bytes.Written.ToArray());
    }
}
