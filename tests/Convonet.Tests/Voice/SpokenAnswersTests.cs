using Convonet.Audio;
using Convonet.Conversations;
using Convonet.Speech;
using Convonet.Tests.EndToEnd;
using Convonet.Tests.Speech;
using Convonet.Turns;
using Convonet.Voice;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Voice;

/// <summary>Whole recordings of answers: what they hold, how long they are waited for, and whose they are.</summary>
public sealed class SpokenAnswersTests : IAsyncDisposable
{
    private readonly SpeechFixture _speech = new() { Fallback = null };
    private readonly SemaphoreSlim _changed = new(0);
    private readonly SpokenAnswers _answers;

    public SpokenAnswersTests() => _answers = Answers(_speech.Engines);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _answers.DisposeAsync();

    [Fact]
    public async Task Pass_TheTurnOfAnExpectedMessage_EndsWithItsSpeech()
    {
        await BeginAsync("It rains. ", "It pours.");

        var ended = await EndAsync(End());

        Assert.Equal(Wav("It rains.", "It pours."), Sound(ended));
        Assert.Null(ended.Before);
    }

    [Theory]
    [InlineData(SpeechForm.Frames, "m1")]
    [InlineData(SpeechForm.None, "m1")]
    [InlineData(SpeechForm.Whole, "m2")]
    public async Task Pass_AnotherFormOrSomebodyElsesMessage_EndsAsItIs(SpeechForm form, string expected)
    {
        _answers.Form = form;
        await BeginAsync(expected, ["It rains."]);
        var end = End();

        Assert.Same(end, (await _answers.PassAsync(end, isFollowed: false)).Event);
        Assert.Equal(0, _speech.Primary.Count);
    }

    [Fact]
    public async Task Pass_TextWhileTheVoiceIsSlow_IsNotHeldBackAndTheEndIs()
    {
        var gate = new TaskCompletionSource();
        _speech.Primary.Answers["It rains."] = _speech.Primary.After(gate.Task);
        await BeginAsync("It rains.");

        Assert.Null((await _answers.PassAsync(End(), isFollowed: false)).Event);
        gate.SetResult();

        Assert.Equal(Wav("It rains."), Sound(await EndAsync(End())));
    }

    [Fact]
    public async Task Pass_TenSecondsAfterTheText_GoesWithoutTheMissingSentences()
    {
        (_speech.Options.SilenceLimit, _speech.Options.PieceLimit, _speech.Options.LookAhead) = (TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), 0);
        _speech.Primary.Answers["It hails."] = _speech.Primary.After(new TaskCompletionSource().Task);
        await BeginAsync("It rains. It pours. It hails. It snows.");
        while ((await _speech.Primary.CalledAsync().InTime()).Trim() != "It hails.")
        {
            // The third is not begun before the first was kept.
        }

        Assert.Null((await _answers.PassAsync(End(), isFollowed: false)).Event);
        _speech.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Null((await _answers.PassAsync(End(), isFollowed: false)).Event);
        _speech.Time.Advance(TimeSpan.FromSeconds(1));
        var late = await EndAsync(End());

        Assert.Equal(Pcm("It rains."), Sound(late)![WavFile.HeaderLength..][..Pcm("It rains.").Length]);
        Assert.True(Sound(late)!.Length <= Wav("It rains.", "It pours.").Length);
        Assert.Equal(("speech_failed", 1), Trouble(late));
    }

    [Fact]
    public async Task Pass_TheEndIsFollowed_GoesAtOnce()
    {
        _speech.Primary.Answers["It rains."] = _speech.Primary.After(new TaskCompletionSource().Task);
        await BeginAsync("It rains.");

        var ended = await _answers.PassAsync(End(), isFollowed: true);

        Assert.Null(Sound(ended));
        Assert.Equal(("speech_failed", 1), Trouble(ended));
    }

    [Fact]
    public async Task Pass_ASentenceThatFails_IsMissingAndSaysSo()
    {
        _speech.Primary.Answers["It rains."] = FakeVoice.Failing(new SpeechException(SpeechErrorKind.Refused, "no"));
        await BeginAsync("It rains. It pours.");

        var ended = await EndAsync(End());

        Assert.Equal(Wav("It pours."), Sound(ended));
        Assert.Equal(("speech_failed", 1), Trouble(ended));
    }

    [Fact]
    public async Task Pass_MoreThanThereIsRoomFor_LeavesTheRestOut()
    {
        _speech.Options.MaxWhole = TimeSpan.FromSeconds(1);
        await BeginAsync("It rains. It pours. It hails.");

        var ended = await EndAsync(End());

        Assert.Equal(Wav("It rains.", "It pours."), Sound(ended));
        Assert.Null(ended.Before);
    }

    [Fact]
    public async Task Pass_ATurnThatFailed_SaysWhyBehindItsText()
    {
        await BeginAsync("It rains.");

        var ended = await EndAsync(End("failed", new ErrorView("overloaded", "Too busy.", true)));

        Assert.Equal(Wav("It rains.", "Too busy."), Sound(ended));
    }

    [Fact]
    public async Task Pass_ATurnThatWasCancelled_HasNoSpeech()
    {
        await BeginAsync("It rains.");
        var end = End("cancelled");

        Assert.Equal(new PassedEvent(end, null), await _answers.PassAsync(end, isFollowed: false));
    }

    [Fact]
    public async Task Pass_AWaitingTurnThatIsCancelled_LeavesTheRunningOnesSpeechAlone()
    {
        await BeginAsync("It rains.");
        _answers.Expect("m9");
        await _answers.PassAsync(new SessionEvent.Accepted("m9", 2, "Again", "first", "c"), isFollowed: true);

        await _answers.PassAsync(End("cancelled") with { Turn = 2 }, isFollowed: true);

        Assert.Equal(Wav("It rains."), Sound(await EndAsync(End())));
    }

    [Fact]
    public async Task StartOver_InMidTurn_EndsAsItIs()
    {
        await BeginAsync("It rains.");
        var end = End();

        await _answers.StartOverAsync();

        Assert.Same(end, (await _answers.PassAsync(end, isFollowed: false)).Event);
    }

    private SpokenAnswers Answers(SpeechEngines engines) =>
        new(new VoiceEngines(null, engines, new TurnOptions(), new SpeechView(null, null, null)), () => _changed.Release(), NullLogger<SpokenAnswers>.Instance) { Form = SpeechForm.Whole };

    private Task BeginAsync(params string[] text) => BeginAsync("m1", text);

    private async Task BeginAsync(string expected, string[] text, SpokenAnswers? answers = null)
    {
        answers ??= _answers;
        answers.Expect(expected);
        SessionEvent[] events = [new SessionEvent.Accepted("m1", 1, "Weather?", "first", "c"), .. text.Select(part => new SessionEvent.TextChunk(part, 1))];
        foreach (var one in events)
        {
            Assert.Same(one, (await answers.PassAsync(one, isFollowed: false)).Event);
        }
    }

    /// <summary>Shows the end until it need not wait any more.</summary>
    private async Task<PassedEvent> EndAsync(SessionEvent end, SpokenAnswers? answers = null)
    {
        PassedEvent passed;
        while ((passed = await (answers ?? _answers).PassAsync(end, isFollowed: false)).Event is null)
        {
            await _changed.WaitAsync(Token).InTime();
        }

        return passed;
    }

    private static SessionEvent.AgentResponse End(string outcome = "completed", ErrorView? error = null) =>
        new(error is null, "It rains. It pours.", 1, outcome, error, "first", "model", false, new(1, 2), null);

    private static byte[]? Sound(PassedEvent passed) => Assert.IsType<SessionEvent.AgentResponse>(passed.Event).Audio;

    private static (string, int?) Trouble(PassedEvent passed)
    {
        var status = Assert.IsType<SessionEvent.Status>(passed.Before);
        return (status.Code, status.Turn);
    }

    private static byte[] Pcm(params string[] sentences) => SpeechFixture.Tones(sentences);

    private static byte[] Wav(params string[] sentences) => WavFile.Create(SpeechFixture.Format, Pcm(sentences));

    /// <summary>The places are the process's: another connection's answer has the only one, until it has ended.</summary>
    [Fact]
    public async Task Pass_NoPlaceForAnotherRecording_ComesAsTextAndSaysSo()
    {
        _speech.Options.MaxWholeAnswers = 1;
        var engines = _speech.Engines;
        await using var first = Answers(engines);
        await using var second = Answers(engines);
        await BeginAsync("m1", ["It rains."], first);
        await BeginAsync("m1", ["It rains."], second);

        var refused = await EndAsync(End(), second);
        Assert.Null(Sound(refused));
        Assert.Equal(("speech_overloaded", 1), Trouble(refused));
        Assert.Equal(Wav("It rains."), Sound(await EndAsync(End(), first)));

        await BeginAsync("m1", ["It pours."], second);
        Assert.Equal(Wav("It pours."), Sound(await EndAsync(End(), second)));
    }

    /// <summary>A place that becomes free in the middle of an answer is for the next one: half an answer is none.</summary>
    [Fact]
    public async Task Pass_APlaceBecomesFreeInMidAnswer_StaysAsItBegan()
    {
        _speech.Options.MaxWholeAnswers = 1;
        var engines = _speech.Engines;
        await using var first = Answers(engines);
        await using var second = Answers(engines);
        await BeginAsync("m1", ["It rains."], first);
        await BeginAsync("m1", ["It rains."], second);

        await first.StartOverAsync();
        await second.PassAsync(new SessionEvent.TextChunk(" It pours.", 1), isFollowed: false);

        Assert.Equal(("speech_overloaded", 1), Trouble(await EndAsync(End(), second)));
    }
}
