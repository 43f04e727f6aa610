using Convonet.Speech.Recognition;

namespace Convonet.Tests.Speech.Recognition;

public sealed class TranscriptFeedTests
{
    private readonly TranscriptFeed _feed = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadAsync_AReaderThatIsBehind_GetsEveryFinalAndTheLastPartial()
    {
        AddAll("0 add", "0 add milk", "0 add milk!", "1 and", "1 and eggs!", "2 thank", "2 thank you");
        _feed.Complete();

        Assert.Equal(["add milk!", "and eggs!", "thank you"], await AllAsync());
    }

    [Fact]
    public async Task ReadAsync_AWaitingReader_GetsEachPartial()
    {
        await using var reading = _feed.ReadAsync(Token).GetAsyncEnumerator(Token);
        foreach (var text in (string[])["add", "add milk"])
        {
            var next = reading.MoveNextAsync();
            AddAll($"0 {text}");

            Assert.True(await next);
            Assert.Equal(text, reading.Current.Text);
        }
    }

    [Fact]
    public async Task Complete_WithAFailure_ComesAfterWhatIsInLine()
    {
        AddAll("0 add milk!");
        _feed.Complete(new RecognitionException(RecognitionErrorKind.Unreachable, "gone"));
        await using var reading = _feed.ReadAsync(Token).GetAsyncEnumerator(Token);

        Assert.True(await reading.MoveNextAsync());
        Assert.Equal(RecognitionErrorKind.Unreachable, (await Assert.ThrowsAsync<RecognitionException>(async () => await reading.MoveNextAsync())).Kind);
        Assert.Throws<RecognitionException>(_feed.ThrowIfFailed);
    }

    [Fact]
    public void Add_FinalsThatNobodyReads_FailTheFeed()
    {
        AddAll([.. Enumerable.Range(0, TranscriptFeed.MaxWaiting + 1).Select(i => $"{i} words!")]);

        Assert.Equal(RecognitionErrorKind.Overloaded, Assert.Throws<RecognitionException>(_feed.ThrowIfFailed).Kind);
    }

    /// <summary>Each is a number and words; an exclamation mark makes it final.</summary>
    private void AddAll(params string[] transcripts)
    {
        foreach (var (number, text) in transcripts.Select(one => one.Split(' ', 2) is var parts ? (int.Parse(parts[0], null), parts[1]) : default))
        {
            _feed.Add(new Transcript(number, text, TimeSpan.Zero) { IsFinal = text.EndsWith('!') });
        }
    }

    private async Task<List<string>> AllAsync()
    {
        List<string> texts = [];
        await foreach (var transcript in _feed.ReadAsync(Token))
        {
            texts.Add(transcript.Text);
        }

        return texts;
    }
}
