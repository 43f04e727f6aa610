using Convonet.Conversations;

namespace Convonet.Tests.Voice;

/// <summary>Reminders are said behind what is being heard, and take nothing from it; and how long a client that says nothing is waited for.</summary>
public sealed class VoiceApartTests : IAsyncDisposable
{
    private readonly VoiceFixture _voice = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _voice.DisposeAsync();

    [Fact]
    public async Task Say_RemindersOneAfterTheOther_AreSpoken()
    {
        var session = await _voice.StartAsync();
        session.Say("A reminder: stretch.");
        session.Say("Another one.");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 0 });
        Assert.Equal("A reminder: stretch.", await _voice.Voice.CalledAsync());
        await _voice.DoneAsync();
        Assert.Equal(1, _voice.Voice.Count);

        _voice.PlayAll(0);
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 0 });

        Assert.Equal("Another one.", await _voice.Voice.CalledAsync());
    }

    /// <summary>And the answer is kept whole.</summary>
    [Fact]
    public async Task Say_AReminderBehindAnAnswer_ComesWhenThatWasPlayed()
    {
        var session = await SpeakAsync();
        session.Say("A reminder: stretch.");
        await _voice.DoneAsync();

        _voice.PlayAll(1);
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 0 });
        await _voice.Conversation.SubmitAsync("typed", "Go on", Token);
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse { Turn: 2 });

        Assert.Equal(["count", "One two three four five six.", "Go on"], _voice.History());
    }

    [Fact]
    public async Task Say_AReminderWhileTheAnswerIsHeld_LetsItGoOnFirst()
    {
        var session = await SpeakAsync();
        _voice.Speak(300);
        await _voice.Client.UntilAsync(one => one is SessionEvent.AudioPause { Turn: 1 });
        _voice.Session!.Played(1, _voice.Client.Samples(1), done: false);
        session.Say("A reminder: stretch.");
        _voice.Quiet(1000);
        var utterance = await _voice.Ear.FinishedAsync();
        await _voice.DoneAsync();
        Assert.Equal(0, _voice.Client.Samples(0));

        _voice.Ear.Hears("", utterance, final: true);
        await _voice.Client.UntilAsync(one => one is SessionEvent.AudioResume { Turn: 1 });

        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 0 });
    }

    /// <summary>Sent is not heard: the answer that a reminder waits for can still be cut.</summary>
    [Fact]
    public async Task Say_AReminderAndTheAnswerIsHushed_IsSpoken()
    {
        var session = await SpeakAsync();
        session.Say("A reminder: stretch.");

        await session.HushAsync(1, Token);

        await _voice.Client.UntilAsync(one => one is SessionEvent.Interrupted { Turn: 1 });
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 0 });
    }

    /// <summary>For the reminder only: the history is not changed by what a client does not say.</summary>
    [Fact]
    public async Task Say_AReminderToAClientThatAcknowledgesNothing_ComesTwoSecondsAfterTheSound()
    {
        var session = await SpeakAsync();
        session.Say("A reminder: stretch.");
        await _voice.DoneAsync();

        Pass(Length(1) + TimeSpan.FromSeconds(1.9));
        await _voice.DoneAsync();
        Assert.Equal(0, _voice.Client.Samples(0));
        Pass(TimeSpan.FromSeconds(0.1));
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 0 });

        Assert.DoesNotContain(_voice.Client.Events, one => one is SessionEvent.Interrupted);
    }

    /// <summary>When speech that was not acknowledged is long over, a voice is no interruption of it.</summary>
    [Fact]
    public async Task Speak_AfterSpeechThatWasNeverAcknowledged_PausesNothing()
    {
        await SpeakAsync();
        await _voice.DoneAsync();
        Pass(Length(1) + TimeSpan.FromSeconds(2));
        await _voice.DoneAsync();

        _voice.Speak(400);
        await _voice.HeardAsync("hearing");
        await _voice.DoneAsync();

        Assert.DoesNotContain(_voice.Client.Events, one => one is SessionEvent.AudioPause);
    }

    private async Task<Convonet.Voice.VoiceSession> SpeakAsync()
    {
        _voice.Talk.Model.Says("One two three four five six.").Says("Yes?");
        var session = await _voice.StartAsync();
        await _voice.SayAsync("count");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 1 });
        session.Played(1, 0, done: false);
        await _voice.DoneAsync();
        return session;
    }

    private TimeSpan Length(int turn) => TimeSpan.FromSeconds(_voice.Client.Samples(turn) / 16_000.0);

    private void Pass(TimeSpan time) => _voice.Talk.Time.Advance(time);
}
