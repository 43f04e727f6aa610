using Convonet.Conversations;
using Convonet.Tests.Turns;

namespace Convonet.Tests.Voice;

/// <summary>How a microphone is turned on and off, what it is greeted with, and what becomes of a client that is lost.</summary>
public sealed class VoiceHearingTests : IAsyncDisposable
{
    private readonly VoiceFixture _voice = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _voice.DisposeAsync();

    /// <summary>Two utterances in one message: the first has ended for the recogniser before it gets the second.</summary>
    [Fact]
    public async Task Push_ManyFramesInOneMessage_GivesTheTurnsOfSingleOnes()
    {
        var session = await _voice.StartAsync();
        var frames = new List<byte[]>();
        for (var utterance = 0; utterance < 2; utterance++)
        {
            frames.AddRange(Enumerable.Range(0, 20).Select(_ => _voice.Audio.Voice()));
            frames.AddRange(Enumerable.Range(0, 50).Select(_ => TestAudio.Silence()));
        }

        Assert.True(session.Push([.. frames.SelectMany(frame => frame)]));
        Assert.Equal(0, await _voice.Ear.FinishedAsync());
        Assert.Equal(1, await _voice.Ear.FinishedAsync());

        Assert.Equal(["audio", "end", "audio", "end"], _voice.Ear.Steps);
    }

    [Fact]
    public async Task StopRecording_ForAWhile_GivesTheRecogniserBackAfterItsLastTranscript()
    {
        _voice.Talk.Model.Says("Yes.").Says("Again.");
        var session = await _voice.StartAsync(speaks: false);
        _voice.Speak(400);
        await _voice.HeardAsync("hearing");
        session.StopRecording();
        var utterance = await _voice.Ear.FinishedAsync();
        await _voice.HeardAsync("finishing");

        _voice.Talk.Time.Advance(TimeSpan.FromSeconds(10));
        _voice.Ear.Hears("one", utterance, final: true);
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse { Turn: 1 });
        _voice.Talk.Time.Advance(TimeSpan.FromSeconds(10));
        await _voice.Ear.ClosedAsync();
        session.StartRecording(pushToTalk: false);
        await _voice.HeardAsync("on");
        _voice.Quiet(500);
        _voice.Speak(400);
        await _voice.HeardAsync("hearing");
        _voice.Quiet(1000);
        _voice.Ear.Hears("two", await _voice.Ear.FinishedAsync(), final: true);
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse { Turn: 2 });

        Assert.Equal(2, _voice.Ear.Opened);
        Assert.Equal(["one", "Yes.", "two"], _voice.History());
        Assert.Equal([0, 1], _voice.Client.Events.OfType<SessionEvent.Transcription>().Select(one => one.Utterance));
    }

    [Fact]
    public async Task StartRecording_InANewConversation_GreetsOnceAndLeavesNoTrace()
    {
        _voice.Speech.Greeting = "Hello there!";
        _voice.Talk.Model.Says("Yes.");
        var session = await _voice.StartAsync();
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 0 });
        session.StopRecording();
        await _voice.HeardAsync("off");
        session.StartRecording(pushToTalk: false);
        await _voice.HeardAsync("on");

        await _voice.SayAsync("hello");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 1 });

        Assert.Equal(["hello"], _voice.History());
        Assert.Equal(1, _voice.Client.Events.Count(one => one is SessionEvent.SpeechEnd { Turn: 0 }));
        Assert.Equal("Hello there!", (await _voice.Voice.CalledAsync()).Trim());
    }

    [Fact]
    public async Task StartRecording_TheUserTalksOverTheGreeting_IsHeard()
    {
        _voice.Speech.Greeting = "Hello there, what can I do for you today?";
        _voice.Talk.Model.Says("Yes.");
        await _voice.StartAsync();
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 0 });

        _voice.Speak(400);
        await _voice.Client.UntilAsync(one => one is SessionEvent.AudioPause { Turn: 0 });
        _voice.Ear.Hears("what time is it", 0);
        await _voice.Client.UntilAsync(one => one is SessionEvent.Interrupted { Turn: 0 });
        _voice.Quiet(1000);
        _voice.Ear.Hears("what time is it", await _voice.Ear.FinishedAsync(), final: true);
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse);

        Assert.Equal(["what time is it"], _voice.History());
    }

    [Fact]
    public async Task StartRecording_InAConversationThatHasBegun_GreetsNobody()
    {
        _voice.Speech.Greeting = "Hello there!";
        _voice.Talk.Model.Says("Yes.").Says("No.");
        await _voice.Conversation.SubmitAsync("a", "Typed", Token);
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse);
        await _voice.StartAsync();

        await _voice.SayAsync("hello");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 2 });

        Assert.Equal("No.", (await _voice.Voice.CalledAsync()).Trim());
    }

    [Fact]
    public async Task Dispose_InMidSpeech_CutsTheHistoryWhereItWasHeard()
    {
        _voice.Talk.Model.Says("One two three four five six.").Says("Yes?");
        var session = await _voice.StartAsync();
        await _voice.SayAsync("count");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd);
        session.Played(1, _voice.Client.Samples(1) / 2, done: false);
        await session.HushAsync(99, Token);

        await _voice.LeaveAsync();
        await _voice.UntilAsync(one => one is SessionEvent.Interrupted { Turn: 1 });
        await _voice.Conversation.SubmitAsync("typed", "Back again", Token);
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse { Turn: 2 });

        Assert.Equal(["count", $"One two three{HeardHistory.Mark}", "Back again"], _voice.History());
    }

    [Fact]
    public async Task Dispose_WhileTheAnswerIsWritten_LetsItBeWrittenToItsEnd()
    {
        var gate = new TaskCompletionSource();
        _voice.Talk.Model.Step().Text("One two three. Four").Wait(gate.Task).Text(" five six.");
        await _voice.StartAsync();
        await _voice.SayAsync("count");
        await _voice.Client.UntilSamplesAsync(1, 1);
        _voice.Session!.Played(1, 1, done: false);
        await _voice.DoneAsync();

        await _voice.LeaveAsync();
        await _voice.UntilAsync(one => one is SessionEvent.Interrupted { Turn: 1 });
        gate.SetResult();
        var end = (SessionEvent.AgentResponse)(await _voice.UntilAsync(one => one is SessionEvent.AgentResponse { Turn: 1 }))[^1].Event;

        Assert.Equal(("completed", "One two three. Four five six."), (end.Outcome, end.Text));
    }

    /// <summary>It was sent, but nobody knows that it was heard.</summary>
    [Fact]
    public async Task Dispose_BeforeAnythingWasAcknowledged_CutsNothing()
    {
        _voice.Talk.Model.Says("It rains.").Says("Yes?");
        await _voice.StartAsync();
        await _voice.SayAsync("weather");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 1 });

        await _voice.LeaveAsync();
        await _voice.Conversation.SubmitAsync("typed", "Back again", Token);
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse { Turn: 2 });

        Assert.Equal(["weather", "It rains.", "Back again"], _voice.History());
    }

    /// <summary>Of an answer that was not heard at all nothing is cut: it is read when the client comes back.</summary>
    [Fact]
    public async Task Dispose_BeforeAnythingSounded_CutsNothing()
    {
        var gate = new TaskCompletionSource();
        _voice.Voice.Answers["It rains."] = _voice.Voice.After(gate.Task);
        _voice.Talk.Model.Says("It rains.").Says("Yes?");
        await _voice.StartAsync();
        await _voice.SayAsync("weather");
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse { Turn: 1 });

        await _voice.LeaveAsync();
        await _voice.Conversation.SubmitAsync("typed", "Back again", Token);
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse { Turn: 2 });

        Assert.Equal(["weather", "It rains.", "Back again"], _voice.History());
    }
}
