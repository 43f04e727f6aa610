using Convonet.Server.Accounts;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Accounts;

public sealed class TriesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Tries _tries;

    public TriesTests() => _tries = new Tries(3, TimeSpan.FromMinutes(1), _time);

    [Fact]
    public void TryTake_MoreThanTheLimitWithinTheWindow_IsRefusedUntilTheFirstIsOver()
    {
        Assert.True(_tries.TryTake("a"));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(_tries.TryTake("a"));
        Assert.True(_tries.TryTake("a"));
        Assert.False(_tries.TryTake("a"));

        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(_tries.TryTake("a"));
        Assert.False(_tries.TryTake("a"));
    }

    [Fact]
    public void TryTake_OneKeyHasNoneLeft_TakesNoneOfTheOthers()
    {
        for (var made = 0; made < 3; made++)
        {
            Assert.True(_tries.TryTake("a", "b"));
        }

        Assert.False(_tries.TryTake("c", "b"));

        Assert.True(_tries.TryTake("c"));
        Assert.True(_tries.TryTake("c"));
        Assert.True(_tries.TryTake("c"));
        Assert.False(_tries.TryTake("c"));
    }

    [Fact]
    public void Forget_AfterASuccess_BeginsAnew()
    {
        Assert.True(_tries.TryTake("a") && _tries.TryTake("a") && _tries.TryTake("a"));

        _tries.Forget("a");

        Assert.True(_tries.TryTake("a"));
    }

    [Fact]
    public void TryTake_SideBySide_AreNoMoreTries()
    {
        var taken = 0;

        Parallel.For(0, 100, _ => Interlocked.Add(ref taken, _tries.TryTake("a") ? 1 : 0));

        Assert.Equal(3, taken);
    }

    [Fact]
    public void TryTake_ManyKeysOverTime_AreLetGo()
    {
        for (var key = 0; key < 100_000; key++)
        {
            Assert.True(_tries.TryTake($"{key}"));
        }

        Assert.False(_tries.TryTake("one more"));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_tries.TryTake("one more"));
    }
}
