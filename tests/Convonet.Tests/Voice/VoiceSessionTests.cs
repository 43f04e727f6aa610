using Convonet.Conversations;
using Convonet.Models;
using Convonet.Speech;
using Convonet.Speech.Recognition;
using Convonet.Tests.Conversations;
using Convonet.Tests.Speech;

namespace Convonet.Tests.Voice;

/// <summary>Speech becomes turns, answers become speech, and neither makes the words wait.</summary>
public sealed class VoiceSessionTests : IAsyncDisposable
{
    private readonly VoiceFixture _voice = new(ConversationFixture.Tool("look", _ => Task.FromResult("seen")));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _voice.DisposeAsync();

    [Fact]
    public async Task Say_Something_IsATurnWhoseAnswerIsSpoken()
    {
        _voice.Talk.Model.Says("It rains. It pours.");
        await _voice.StartAsync();

        await _voice.SayAsync("what is the weather");
        var end = (SessionEvent.SpeechEnd)await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd);

        Assert.Equal(["what is the weather"], _voice.History());
        Assert.True(_voice.Ear.Bytes > 0);
        Assert.Equal([(1, 0, 0, 10), (1, 1, 10, 9)], _voice.Client.Events.OfType<SessionEvent.Spoken>().Select(one => (one.Turn, one.Sentence, one.Start, one.TextLength)));
        Assert.Equal((1, _voice.Client.Samples(1)), (end.Turn, end.Samples));
        Assert.True(end.Samples >= 19 * 700);
        var timing = Assert.Single(_voice.Client.Events.OfType<SessionEvent.TurnTiming>());
        Assert.NotNull(timing.Transcript);
        Assert.NotNull(timing.FirstToken);
        Assert.NotNull(timing.FirstClause);
        Assert.NotNull(timing.FirstAudio);
    }

    [Fact]
    public async Task Say_WhileTheMicrophoneIsHeld_EndsOnlyWhenItIsLetGo()
    {
        _voice.Talk.Model.Says("Yes.");
        var session = await _voice.StartAsync(pushToTalk: true);
        _voice.Speak(400);
        _voice.Quiet(4000);

        session.StopRecording();
        var utterance = await _voice.Ear.FinishedAsync();
        _voice.Ear.Hears("one two", utterance, final: true);
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse);

        Assert.Equal(["one two"], _voice.History());
        Assert.Equal("off", ((SessionEvent.Recording)await _voice.Client.UntilAsync(one => one is SessionEvent.Recording { State: "off" })).State);
    }

    [Fact]
    public async Task Speech_ThatFails_CostsItsSoundAndNotTheAnswer()
    {
        _voice.Voice.Answers["It rains."] = FakeVoice.Failing(new SpeechException(SpeechErrorKind.Unavailable, "broken"));
        _voice.Talk.Model.Says("It rains. It pours.");
        await _voice.StartAsync();

        await _voice.SayAsync("weather");
        await _voice.Client.UntilAsync(one => one is SessionEvent.Status { Code: "speech_failed", Turn: 1 });
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd);
        var end = (SessionEvent.AgentResponse)(await _voice.UntilAsync(one => one is SessionEvent.AgentResponse))[^1].Event;

        Assert.Equal("It rains. It pours.", end.Text);
        Assert.True(_voice.Client.Samples(1) > 0);
    }

    [Fact]
    public async Task Push_WhatIsNoSound_IsAnErrorAndTheSessionLives()
    {
        _voice.Talk.Model.Says("Yes.");
        var session = await _voice.StartAsync();

        session.Push(new byte[3]);
        await _voice.Client.UntilAsync(one => one is SessionEvent.Refused { Code: "bad_audio" });
        _voice.Quiet(20);
        session.Push([]);
        await _voice.Client.UntilAsync(one => one is SessionEvent.Refused { Code: "bad_audio" });
        _voice.Quiet(20);
        session.Push(new byte[1]);
        await _voice.Client.UntilAsync(one => one is SessionEvent.Refused { Code: "bad_audio" });
        await _voice.SayAsync("still there");
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse);

        Assert.Equal(["still there"], _voice.History());
        Assert.Equal(3, _voice.Client.Events.OfType<SessionEvent.Refused>().Count());
    }

    [Fact]
    public async Task Start_WithoutAnEar_SaysWhatToInstall()
    {
        await _voice.StartAsync(hears: false);

        Assert.Equal(("speech_unavailable", "Install it."), _voice.Client.Events.OfType<SessionEvent.Refused>().Select(one => (one.Code, one.Message)).First());
    }

    [Fact]
    public async Task Start_EarCannotBeOpened_SaysSoAndMayBeTriedAgain()
    {
        _voice.Talk.Model.Says("Yes.");
        _voice.Ear.Failure = new RecognitionException(RecognitionErrorKind.Failed, "secret detail");
        var session = await _voice.StartAsync();
        var refused = Assert.Single(_voice.Client.Events.OfType<SessionEvent.Refused>(), one => one.Code == "speech_unavailable");
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);

        _voice.Ear.Failure = null;
        session.StartRecording(pushToTalk: false);
        await _voice.HeardAsync("on");
        _voice.Quiet(500);
        await _voice.SayAsync("now");
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse);

        Assert.Equal(["now"], _voice.History());
    }

    [Fact]
    public async Task Recogniser_ThatBreaks_TurnsTheMicrophoneOffAndSaysSo()
    {
        await _voice.StartAsync();

        _voice.Ear.Break(new RecognitionException(RecognitionErrorKind.Failed, "gone"));
        await _voice.Client.UntilAsync(one => one is SessionEvent.Refused { Code: "speech_failed" });
        await _voice.HeardAsync("off");
    }

    [Fact]
    public async Task Model_ThatFails_IsToldInWords()
    {
        _voice.Talk.Model.Step().Fail(ModelErrorKind.Unauthorized);
        await _voice.StartAsync();

        await _voice.SayAsync("hello");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 1 });
        var end = (SessionEvent.AgentResponse)(await _voice.UntilAsync(one => one is SessionEvent.AgentResponse))[^1].Event;

        Assert.Equal(end.Error!.Message, await _voice.Voice.CalledAsync());
    }
}
