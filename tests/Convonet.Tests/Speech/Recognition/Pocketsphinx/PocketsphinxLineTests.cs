using Convonet.Speech.Recognition;
using Convonet.Speech.Recognition.Pocketsphinx;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Speech.Recognition.Pocketsphinx;

/// <summary>The line of sessions that wait for a decoder; nothing decodes here.</summary>
public sealed class PocketsphinxLineTests : IAsyncDisposable
{
    private readonly PocketsphinxSpeechToText _engine = new(new PocketsphinxOptions(), NullLogger<PocketsphinxSpeechToText>.Instance);

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Push_TheLineIsFull_AsksForAPlaceAgainNextTime()
    {
        await using var session = FullLine();

        Assert.Equal(RecognitionErrorKind.Overloaded, Assert.Throws<RecognitionException>(() => session.Push(new byte[640], TimeSpan.Zero)).Kind);
        Assert.Equal(RecognitionErrorKind.Overloaded, Assert.Throws<RecognitionException>(() => session.Push(new byte[640], TimeSpan.Zero)).Kind);
    }

    /// <summary>A session whose end nobody takes would wait for its last transcript for ever.</summary>
    [Fact]
    public async Task FinishUtterance_TheLineIsFull_FailsTheSession()
    {
        await using var session = FullLine();

        Assert.Throws<RecognitionException>(() => session.FinishUtterance());

        await Assert.ThrowsAsync<RecognitionException>(async () => await session.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken).MoveNextAsync());
    }

    private PocketsphinxSession FullLine()
    {
        for (var i = 0; i < PocketsphinxSpeechToText.MaxWaiting; i++)
        {
            _engine.Decode(Session());
        }

        return Session();
    }

    private PocketsphinxSession Session() => new(_engine, TimeSpan.FromSeconds(1), TimeProvider.System);
}
