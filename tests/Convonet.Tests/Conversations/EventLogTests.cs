using Convonet.Conversations;

namespace Convonet.Tests.Conversations;

public sealed class EventLogTests
{
    private static SessionEvent.TextChunk Chunk(string text = "x") => new(text, 1);

    [Fact]
    public void RingHere_AfterAdd_HasThoseGoOnThatCanAndWakesTheOthers()
    {
        var log = new EventLog();
        var told = new List<string>();
        using var one = log.Watch(() => told.Add("woken"), () => told.Add("goes on"));
        using var other = log.Watch(() => told.Add("other woken"));

        log.Add(new SessionEvent.TextChunk("a", 1));
        Assert.Empty(told);

        log.RingHere();
        log.Append(new SessionEvent.TextChunk("b", 1));

        Assert.Equal(["goes on", "other woken", "woken", "other woken"], told);
    }

    [Fact]
    public void Append_ManyThreads_NumbersHaveNoGapsAndNoDoubles()
    {
        var log = new EventLog(capacity: 10_000);

        var numbers = ParallelEnumerable.Range(0, 4000).WithDegreeOfParallelism(8).Select(_ => log.Append(Chunk()).Seq).ToArray();

        Assert.Equal(Enumerable.Range(1, 4000).Select(number => (long)number), numbers.Order());
        Assert.Equal(4000, log.Head);
        Assert.Equal(4000, ReadAll(log, 0).Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(100)]
    [InlineData(256)]
    public void Append_MoreThanFits_KeepsExactlyTheNewest(int capacity)
    {
        var log = new EventLog(capacity: capacity);
        for (var count = 1; count <= 600; count++)
        {
            log.Append(Chunk(count.ToString()));

            var oldest = Math.Max(0, count - capacity);
            Assert.True(log.Reaches(oldest));
            Assert.False(log.Reaches(oldest - 1));
            Assert.False(log.TryReadAfter(oldest - 1, out _));
            Assert.Equal(count - oldest, ReadAll(log, oldest).Count);
        }
    }

    [Fact]
    public void Append_MoreCharactersThanFit_LetsTheOldestGo()
    {
        var log = new EventLog(capacityChars: 100);
        for (var count = 0; count < 10; count++)
        {
            log.Append(Chunk(new string('x', 30)));
        }

        Assert.True(log.Reaches(7));
        Assert.False(log.Reaches(6));
        Assert.Equal([8, 9, 10], ReadAll(log, 7));
    }

    [Fact]
    public void Append_OneEventLargerThanAll_IsKept()
    {
        var log = new EventLog(capacityChars: 100);
        log.Append(Chunk());
        log.Append(Chunk(new string('x', 1000)));

        Assert.Equal([2], ReadAll(log, 1));
        Assert.False(log.Reaches(0));

        log.Append(Chunk());

        Assert.Equal([3], ReadAll(log, 2));
    }

    [Fact]
    public void Reaches_NumberNeverGiven_IsFalse()
    {
        var log = new EventLog();
        Assert.True(log.Reaches(0));
        Assert.False(log.Reaches(1));

        log.Append(Chunk());

        Assert.True(log.Reaches(1));
        Assert.False(log.Reaches(2));
        Assert.False(log.Reaches(-1));
        Assert.False(log.TryReadAfter(-1, out _));
        Assert.False(log.TryReadAfter(long.MaxValue, out _));
    }

    [Fact]
    public void Watch_SeveralWatchers_EachIsWokenUntilItLeaves()
    {
        var log = new EventLog();
        int one = 0, two = 0;
        void Both() => two++;
        var first = log.Watch(() => one++);
        var second = log.Watch(Both);
        var third = log.Watch(Both);

        log.Append(Chunk());
        Assert.Equal((1, 2, 3), (one, two, log.WatcherCount));

        // Leaving twice must not send away another who waits with the same call-back.
        second.Dispose();
        second.Dispose();
        log.Append(Chunk());
        Assert.Equal((2, 3, 2), (one, two, log.WatcherCount));

        first.Dispose();
        third.Dispose();
        log.Append(Chunk());
        Assert.Equal((2, 3, 0), (one, two, log.WatcherCount));
    }

    [Fact]
    public void EncodedBy_SeveralReaders_EncodesOnce()
    {
        var logged = new EventLog().Append(Chunk());
        var count = 0;
        byte[] Encode(LoggedEvent _, int epoch) => [(byte)++count];

        Assert.Equal(logged.EncodedBy(Encode, 1), logged.EncodedBy(Encode, 1));
        Assert.Equal(1, count);
    }

    private static List<long> ReadAll(EventLog log, long after)
    {
        var numbers = new List<long>();
        while (log.TryReadAfter(after, out var logged))
        {
            Assert.Equal(after + 1, logged.Seq);
            numbers.Add(after = logged.Seq);
        }

        return numbers;
    }
}
