using Convonet.Conversations;
using Convonet.Tests.Conversations;
using Convonet.Tests.Speech;

namespace Convonet.Tests.Voice;

/// <summary>The user goes on while the assistant speaks.</summary>
public sealed class VoiceInterruptTests : IAsyncDisposable
{
    private readonly VoiceFixture _voice = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _voice.DisposeAsync();

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

    /// <summary>The hold comes when the first sentence was sent and the second was not.</summary>
    [Fact]
    public async Task Interrupt_WithoutWords_GoesOnWhereItStopped()
    {
        var gate = new TaskCompletionSource();
        _voice.Voice.Answers["Four five six."] = _voice.Voice.After(gate.Task);
        _voice.Talk.Model.Says("One two three. Four five six.");
        await _voice.StartAsync();
        await _voice.SayAsync("count");
        var first = FakeVoice.Tone(SpeechFixture.Format, "One two three.").Length / 2;
        await _voice.Client.UntilSamplesAsync(1, first);

        _voice.Speak(300);
        await _voice.Client.UntilAsync(one => one is SessionEvent.AudioPause { Turn: 1 });
        gate.SetResult();
        _voice.Quiet(1000);
        var utterance = await _voice.Ear.FinishedAsync();
        var held = _voice.Client.Samples(1);
        _voice.Ear.Hears("", utterance, final: true);
        await _voice.Client.UntilAsync(one => one is SessionEvent.AudioResume { Turn: 1 });
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 1 });

        Assert.Equal(first, held);
        Assert.True(_voice.Client.Samples(1) > first);
        Assert.Equal(0, _voice.Client.Dropped);
        Assert.Single(_voice.Talk.Model.Requests);
    }

    /// <summary>Half a second, which would interrupt if it were anything else.</summary>
    [Fact]
    public async Task UhHuh_WhileTheAssistantSpeaks_InterruptsNothing()
    {
        _voice.Talk.Model.Says("One two three four five six.");
        await _voice.StartAsync();
        await _voice.SayAsync("count");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd);

        _voice.Speak(160);
        await _voice.HeardAsync("hearing");
        _voice.Ear.Hears("uh-huh", 1);
        await _voice.Client.UntilAsync(one => one is SessionEvent.Transcription { Final: false, Utterance: 1 });
        _voice.Speak(340);
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

    /// <summary>A turn that nobody hears cannot be talked over, and is not waited for either.</summary>
    [Fact]
    public async Task Say_WhileATypedTurnRuns_EndsItAndIsAnswered()
    {
        _voice.Talk.Model.Step().Text("I was say").Hang();
        _voice.Talk.Model.Says("Yes.");
        await _voice.StartAsync(speaks: false);
        await _voice.Conversation.SubmitAsync("typed", "Talk", Token);
        await _voice.UntilAsync(one => one is SessionEvent.TextChunk);

        await _voice.SayAsync("something else");
        var events = await _voice.UntilAsync(one => one is SessionEvent.AgentResponse { Turn: 2 });

        Assert.Equal(["cancelled", "completed"], events.Select(one => one.Event).OfType<SessionEvent.AgentResponse>().Select(end => end.Outcome));
    }

    /// <summary>What is held is held by the second utterance; the first one's words come late, and are its own turn's.</summary>
    [Fact]
    public async Task Hear_ALatePartialOfAnOlderUtterance_InterruptsNothing()
    {
        _voice.Talk.Model.Says("One two three four five six.");
        await _voice.StartAsync();
        await _voice.SayAsync("count");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd);

        _voice.Speak(400);
        await _voice.Client.UntilAsync(one => one is SessionEvent.AudioPause { Turn: 1 });
        _voice.Ear.Hears("count", 0);
        await _voice.Client.UntilAsync(one => one is SessionEvent.Transcription { Final: false, Utterance: 0 });
        await _voice.DoneAsync();

        Assert.DoesNotContain(_voice.Client.Events, one => one is SessionEvent.Interrupted);
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

    /// <summary>The engine's last transcript is not there yet: what was held goes on, and its words interrupt when they come.</summary>
    [Fact]
    public async Task Interrupt_EngineWithoutPartialsAndNoWordsInTwoSeconds_GoesOnAndTheWordsStillCount()
    {
        _voice.Ear.StreamsPartials = false;
        _voice.Talk.Model.Says("One two three four five six.").Says("Yes?");
        await _voice.StartAsync();
        await _voice.SayAsync("count");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd);

        _voice.Speak(300);
        await _voice.Client.UntilAsync(one => one is SessionEvent.AudioPause { Turn: 1 });
        _voice.Quiet(1980);
        await _voice.DoneAsync();
        Assert.DoesNotContain(_voice.Client.Events, one => one is SessionEvent.AudioResume);
        _voice.Quiet(20);
        await _voice.Client.UntilAsync(one => one is SessionEvent.AudioResume { Turn: 1 });
        Assert.DoesNotContain(_voice.Client.Events, one => one is SessionEvent.Interrupted);

        _voice.Ear.Hears("stop that", await _voice.Ear.FinishedAsync(), final: true);
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse { Turn: 2 });
        Assert.Equal(["count", HeardHistory.Mark, "stop that"], _voice.History());
    }
}
