using Convonet.Speech.Recognition;
using Convonet.Speech.Recognition.Deepgram;

namespace Convonet.Tests.Speech.Recognition.Deepgram;

/// <summary>How long a last result is waited for. Timestamps are seconds here.</summary>
public sealed class HeardUtterancesTests
{
    private const int Limit = 4;

    private readonly TranscriptFeed _feed = new();
    private readonly ReplayBuffer _audio = new();
    private readonly HeardUtterances _heard;

    public HeardUtterancesTests() => _heard = new HeardUtterances(_feed, _audio);

    [Fact]
    public async Task CloseOverdue_AudioWasQueued_CountsFromWhenTheLastByteWasSent()
    {
        Say(seconds: 20, at: 0, queued: 20);
        Assert.Equal(0, CloseAt(10));
        _heard.FinalizeSent(now: 10);

        Assert.Equal(0, CloseAt(13));
        Assert.Equal(1, CloseAt(14));
        Assert.True((await FirstAsync()) is { IsFinal: true, IsForced: true });
    }

    /// <summary>A connection that takes nothing at all is not waited for without an end.</summary>
    [Fact]
    public void CloseOverdue_NothingIsEverSent_WaitsForTheLengthOfWhatIsQueuedBesides()
    {
        Say(seconds: 20, at: 0, queued: 20);

        Assert.Equal(0, CloseAt(23));
        Assert.Equal(1, CloseAt(24));
    }

    [Fact]
    public void CloseOverdue_TheEndIsToldAgain_DoesNotCountAnew()
    {
        Say(seconds: 2, at: 0, queued: 1);
        _heard.FinalizeSent(now: 1);
        _heard.Reconnected();
        _heard.FinalizeSent(now: 4);

        Assert.Equal(1, CloseAt(5));
    }

    private void Say(int seconds, long at, int queued)
    {
        for (var second = 0; second < seconds; second++)
        {
            _audio.Add(new byte[RecognitionLimits.BytesPerSecond], TimeSpan.FromSeconds(second));
        }

        _heard.Finish(at, (long)queued * RecognitionLimits.BytesPerSecond);
    }

    private int CloseAt(long now) => _heard.CloseOverdue((since, more) => TimeSpan.FromSeconds(now - since) >= TimeSpan.FromSeconds(Limit) + more);

    private async Task<Transcript> FirstAsync()
    {
        await using var heard = _feed.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await heard.MoveNextAsync());
        return heard.Current;
    }
}
