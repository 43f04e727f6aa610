using Convonet.Server.Transport;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Transport;

public sealed class TokenBucketTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void TryTake_BurstThenRate_LetsThroughWhatIsDue()
    {
        var bucket = new TokenBucket(perSecond: 20, burst: 40, _time);

        Assert.Equal(40, Take(bucket, 100));

        _time.Advance(TimeSpan.FromMilliseconds(49));
        Assert.Equal(0, Take(bucket, 100));

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, Take(bucket, 100));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(20, Take(bucket, 100));

        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(40, Take(bucket, 100));
    }

    private static int Take(TokenBucket bucket, int tries) => Enumerable.Range(0, tries).Count(_ => bucket.TryTake());
}
