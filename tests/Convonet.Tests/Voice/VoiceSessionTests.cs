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
    public async Task Interrupt_WithWords_HoldsThenEndsTheSpeechAndCutsTheHistoryWhereItWasHeard()
    {
        _voice.Talk.Model.Says("One two three four five six.").Says("Yes?");
        await _voice.StartAsync();
        await _voice.SayAsync("count");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd);
        _voice.Session!.Played(1, _voice.Client.Samples(1) / 2, done: false);

        _voice.Speak(400);
        await _voice.Client.UntilAsync(one => one is SessionEvent.AudioPause { Turn: 1 });
        _voice.Ear.Hears("wait a moment", 1);
        await _voice.UntilAsync(one => one is SessionEvent.Interrupted { Turn: 1 });
        _voice.Quiet(1000);
        _voice.Ear.Hears("wait a moment", await _voice.Ear.FinishedAsync(), final: true);
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse { Turn: 2 });

        Assert.Equal(["count", $"One two three{HeardHistory.Mark}", "wait a moment"], _voice.History());
        Assert.True(_voice.Client.Dropped > 0);
    }

    [Fact]
    public async Task Interrupt_WithoutWords_GoesOnWhereItStopped()
    {
        _voice.Talk.Model.Says("One two three four five six.");
        await _voice.StartAsync();
        await _voice.SayAsync("count");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd);

        _voice.Speak(300);
        await _voice.Client.UntilAsync(one => one is SessionEvent.AudioPause { Turn: 1 });
        _voice.Quiet(3000);
        _voice.Ear.Hears("", await _voice.Ear.FinishedAsync(), final: true);
        await _voice.Client.UntilAsync(one => one is SessionEvent.AudioResume { Turn: 1 });

        Assert.Equal(0, _voice.Client.Dropped);
        Assert.Single(_voice.Talk.Model.Requests);
    }

    [Fact]
    public async Task UhHuh_WhileTheAssistantSpeaks_InterruptsNothing()
    {
        _voice.Talk.Model.Says("One two three four five six.");
        await _voice.StartAsync();
        await _voice.SayAsync("count");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd);

        _voice.Ear.Hears("uh-huh", 1);
        _voice.Speak(160);
        _voice.Ear.Hears("uh-huh", 1);
        _voice.Quiet(1000);
        _voice.Ear.Hears("uh-huh", await _voice.Ear.FinishedAsync(), final: true);
        await _voice.Client.UntilAsync(one => one is SessionEvent.Transcription { Success: false, Final: true });

        Assert.Single(_voice.Talk.Model.Requests);
        Assert.DoesNotContain(_voice.Client.Events, one => one is SessionEvent.AudioPause);
    }

    /// <summary>A page that has stopped playing acknowledges nothing, and then nothing was heard.</summary>
    [Theory]
    [InlineData(0, "")]
    [InlineData(0.5, "One two three")]
    public async Task Type_WhileTheAnswerIsSpoken_CutsItWhereItWasHeard(double played, string heard)
    {
        _voice.Talk.Model.Says("One two three four five six.").Says("Yes?");
        await _voice.StartAsync();
        await _voice.SayAsync("count");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd);
        if (played > 0)
        {
            _voice.Session!.Played(1, (long)(_voice.Client.Samples(1) * played), done: false);
        }

        await _voice.Session!.HushAsync(null, Token);
        await _voice.UntilAsync(one => one is SessionEvent.Interrupted { Turn: 1 });
        await _voice.Conversation.SubmitAsync("typed", "Stop", Token);
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse { Turn: 2 });

        Assert.Equal(["count", heard + HeardHistory.Mark, "Stop"], _voice.History());
    }

    [Fact]
    public async Task Played_ToTheEnd_CutsNothing()
    {
        _voice.Talk.Model.Says("One two three.").Says("Yes?");
        await _voice.StartAsync();
        await _voice.SayAsync("count");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd);
        _voice.Session!.Played(1, _voice.Client.Samples(1), done: true);

        await _voice.SayAsync("go on");
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse { Turn: 2 });

        Assert.Equal(["count", "One two three.", "go on"], _voice.History());
        Assert.DoesNotContain(_voice.Client.Events, one => one is SessionEvent.AudioPause);
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
        session.Push([]);
        _voice.Quiet(20);
        session.Push(new byte[1]);
        await _voice.Client.UntilAsync(one => one is SessionEvent.Refused { Code: "bad_audio" });
        await _voice.SayAsync("still there");
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse);

        Assert.Equal(["still there"], _voice.History());
        Assert.Equal(2, _voice.Client.Events.OfType<SessionEvent.Refused>().Count());
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
    public async Task Say_RemindersOneAfterTheOther_AreSpoken()
    {
        var session = await _voice.StartAsync();
        session.Say("A reminder: stretch.");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 0 });
        Assert.Equal("A reminder: stretch.", await _voice.Voice.CalledAsync());

        session.Say("Another one.");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 0 });

        Assert.Equal("Another one.", await _voice.Voice.CalledAsync());
    }

    [Fact]
    public async Task Say_AReminderAfterAnAnswer_IsSpokenToo()
    {
        _voice.Talk.Model.Says("Yes.");
        var session = await _voice.StartAsync();
        await _voice.SayAsync("hello");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 1 });

        session.Say("A reminder: stretch.");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 0 });

        Assert.True(_voice.Client.Samples(0) > 0);
    }

    /// <summary>Turn numbers are each conversation's own: what is spoken of one must not cut the other's turn of the same number.</summary>
    [Fact]
    public async Task Follow_AnotherConversationInMidSpeech_EndsItInItsOwn()
    {
        _voice.Talk.Model.Says("One two three four five six.").Says("Other.").Says("Yes?");
        var session = await _voice.StartAsync();
        await _voice.SayAsync("count");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 1 });
        await using var other = new Conversation("c_9876543210", "user", _voice.Talk.Services);
        await other.SubmitAsync("a", "Other?", Token);
        await ConversationFixture.UntilTurnEndsAsync(other);

        session.Follow(other);
        await _voice.UntilAsync(one => one is SessionEvent.Interrupted { Turn: 1 });
        await session.HushAsync(null, Token);

        Assert.Null((await other.SnapshotAsync(Token)).Turns[0].Heard);
        Assert.Equal(0, (await _voice.Conversation.SnapshotAsync(Token)).Turns[0].Heard);
    }

    [Fact]
    public async Task Noise_OverTheAssistantWithoutWords_LeavesTheMicrophoneOn()
    {
        _voice.Talk.Model.Says("One two three four five six.");
        await _voice.StartAsync();
        await _voice.SayAsync("count");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd);

        _voice.Speak(3000);
        await _voice.Client.UntilAsync(one => one is SessionEvent.AudioResume { Turn: 1 });
        _voice.Quiet(3000);
        _voice.Ear.Hears("", await _voice.Ear.FinishedAsync(), final: true);
        await _voice.HeardAsync("on");
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
