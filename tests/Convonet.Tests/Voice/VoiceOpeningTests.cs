using Convonet.Conversations;
using Convonet.Speech.Recognition;

namespace Convonet.Tests.Voice;

/// <summary>A recogniser that takes its time, and one that is given up.</summary>
public sealed class VoiceOpeningTests : IAsyncDisposable
{
    private readonly VoiceFixture _voice = new();
    private readonly TaskCompletionSource _open = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _open.TrySetResult();
        await _voice.DisposeAsync();
    }

    [Fact]
    public async Task Type_WhileTheRecogniserOpens_DoesNotWaitForIt()
    {
        _voice.Ear.OpenGate = _open.Task;
        _voice.Create().StartRecording(pushToTalk: false);

        await _voice.Session!.HushAsync(null, Token).WaitAsync(TimeSpan.FromSeconds(20), Token);

        Assert.Equal(0, _voice.Ear.Opened);
    }

    /// <summary>Pressed, said and let go before there was anybody to hear it.</summary>
    [Fact]
    public async Task Say_WhileTheRecogniserOpens_IsHeard()
    {
        _voice.Talk.Model.Says("Yes.");
        _voice.Ear.OpenGate = _open.Task;
        var session = _voice.Create(speaks: false);
        session.StartRecording(pushToTalk: true);
        _voice.Speak(400);
        session.StopRecording();
        await _voice.DoneAsync();

        _open.SetResult();
        _voice.Ear.Hears("one two", await _voice.Ear.FinishedAsync(), final: true);
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse);

        Assert.Equal(["one two"], _voice.History());
        Assert.Equal(["audio", "end"], _voice.Ear.Steps);
    }

    [Fact]
    public async Task Open_ThatNeverEnds_IsGivenUpAndGivenBackLate()
    {
        _voice.Ear.OpenGate = _open.Task;
        var session = _voice.Create();
        session.StartRecording(pushToTalk: false);
        await _voice.DoneAsync();

        await PassUntilRefusedAsync();
        Assert.False(session.IsRecording);
        _open.SetResult();

        await _voice.Ear.ClosedAsync();
    }

    [Fact]
    public async Task Push_TooMuchWhileTheRecogniserOpens_IsDropped()
    {
        _voice.Ear.OpenGate = _open.Task;
        var session = _voice.Create();
        session.StartRecording(pushToTalk: false);
        for (var frame = 0; frame < 500; frame++)
        {
            Assert.True(session.Push(new byte[640]));
        }

        await _voice.DoneAsync();
        for (var frame = 0; frame < 20; frame++)
        {
            session.Push(new byte[640]);
        }

        Assert.False(session.Push(new byte[640]));
    }

    [Fact]
    public async Task StartRecording_PushToTalkInANewConversation_GreetsNobody()
    {
        _voice.Speech.Greeting = "Hello there!";
        await _voice.StartAsync(pushToTalk: true);
        await _voice.DoneAsync();

        Assert.Equal(0, _voice.Voice.Count);
    }

    [Fact]
    public async Task StartRecording_TheUserSpeaksBeforeItIsOpen_GreetsNobody()
    {
        _voice.Speech.Greeting = "Hello there!";
        _voice.Ear.OpenGate = _open.Task;
        _voice.Create().StartRecording(pushToTalk: false);
        _voice.Quiet(500);
        _voice.Speak(400);
        await _voice.DoneAsync();

        _open.SetResult();
        await _voice.HeardAsync("hearing");
        await _voice.DoneAsync();

        Assert.Equal(0, _voice.Voice.Count);
    }

    /// <summary>The recogniser gives words and never a last transcript; when it is given up they are the turn.</summary>
    [Fact]
    public async Task Rest_WithWordsButNoLastTranscript_SubmitsThem()
    {
        _voice.Talk.Model.Says("Yes.");
        var session = await _voice.StartAsync(speaks: false);
        _voice.Speak(400);
        await _voice.HeardAsync("hearing");
        _voice.Ear.Hears("one two", 0);
        await _voice.Client.UntilAsync(one => one is SessionEvent.Transcription { Final: false });
        session.StopRecording();
        await _voice.Ear.FinishedAsync();

        await RestAsync();
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse);

        Assert.Equal(["one two"], _voice.History());
    }

    [Fact]
    public async Task Rest_WhileTheSpeechIsHeld_LetsItGoOn()
    {
        _voice.Talk.Model.Says("One two three four five six.");
        var session = await _voice.StartAsync();
        await _voice.SayAsync("count");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd);
        _voice.Speak(400);
        await _voice.Client.UntilAsync(one => one is SessionEvent.AudioPause { Turn: 1 });
        session.StopRecording();
        await _voice.Ear.FinishedAsync();

        await RestAsync();

        await _voice.Client.UntilAsync(one => one is SessionEvent.AudioResume { Turn: 1 });
    }

    /// <summary>The model was asked early about words of a recogniser that is gone.</summary>
    [Fact]
    public async Task Recogniser_ThatBreaksAfterAGuess_TakesTheGuessBack()
    {
        var step = _voice.Talk.Model.Step().Hang();
        await _voice.StartAsync(speaks: false);
        _voice.Speak(400);
        await _voice.HeardAsync("hearing");
        _voice.Ear.Hears("what time is it", 0);
        await _voice.Client.UntilAsync(one => one is SessionEvent.Transcription { Final: false });
        _voice.Quiet(240);
        await _voice.DoneAsync();

        _voice.Ear.Break(new RecognitionException(RecognitionErrorKind.Failed, "gone"));
        await _voice.Client.UntilAsync(one => one is SessionEvent.Refused { Code: "speech_failed" });

        await step.Closed.WaitAsync(TimeSpan.FromSeconds(20), Token);
    }

    private async Task RestAsync()
    {
        for (var rest = 0; rest < 3; rest++)
        {
            await _voice.DoneAsync();
            _voice.Talk.Time.Advance(TimeSpan.FromSeconds(10));
        }

        await _voice.Ear.ClosedAsync();
    }

    /// <summary>The limit's clock begins on a thread of its own.</summary>
    private async Task PassUntilRefusedAsync()
    {
        await _voice.Ear.OpeningAsync();
        _voice.Talk.Time.Advance(TimeSpan.FromSeconds(30));
        await _voice.Client.UntilAsync(one => one is SessionEvent.Refused { Code: "speech_unavailable" });
    }
}
