using Convonet.Conversations;
using Convonet.Speech.Recognition;
using Convonet.Tests.Conversations;

namespace Convonet.Tests.Voice;

/// <summary>The model begins in the silence that ends a turn.</summary>
public sealed class HeadStartVoiceTests : IAsyncDisposable
{
    private readonly VoiceFixture _voice = new();

    public ValueTask DisposeAsync() => _voice.DisposeAsync();

    [Fact]
    public async Task Pause_AfterWords_AsksTheModelBeforeTheLastTranscript()
    {
        var step = _voice.Talk.Model.Step().Text("It rains.");
        await _voice.StartAsync();
        await SpeakAsync("what is the weather");

        _voice.Quiet(300);
        await ConversationFixture.WithinAsync(step.Begun);
        Assert.Equal(0, _voice.Conversation.Events.Head);
        _voice.Quiet(700);
        _voice.Ear.Hears("What is the weather?", await _voice.Ear.FinishedAsync(), final: true);
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 1 });

        Assert.Single(_voice.Talk.Model.Requests);
        Assert.True(_voice.Client.Samples(1) > 0);
    }

    [Fact]
    public async Task Pause_AfterWhichTheUserGoesOn_DropsWhatWasBegun()
    {
        var wrong = _voice.Talk.Model.Step().Text("Milk.").Hang();
        var right = _voice.Talk.Model.Step().Text("Milk and eggs.");
        await _voice.StartAsync();
        await SpeakAsync("add milk");
        _voice.Quiet(300);
        await ConversationFixture.WithinAsync(wrong.Begun);

        _voice.Speak(400);
        _voice.Ear.Hears("add milk eggs", 0);
        await ConversationFixture.WithinAsync(wrong.Closed);
        _voice.Quiet(1000);
        _voice.Ear.Hears("add milk eggs", await _voice.Ear.FinishedAsync(), final: true);
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 1 });

        Assert.True(right.Begun.IsCompleted);
        Assert.Equal("Milk and eggs.", await _voice.Voice.CalledAsync());
    }

    [Fact]
    public async Task LastTranscript_ThatSaysOtherwise_DropsWhatWasBegun()
    {
        var wrong = _voice.Talk.Model.Step().Text("Milk.").Hang();
        _voice.Talk.Model.Says("Silk.");
        await _voice.StartAsync();
        await SpeakAsync("add milk");
        _voice.Quiet(300);
        await ConversationFixture.WithinAsync(wrong.Begun);
        _voice.Quiet(700);

        _voice.Ear.Hears("add silk", await _voice.Ear.FinishedAsync(), final: true);
        await _voice.UntilAsync(one => one is SessionEvent.AgentResponse { Text: "Silk." });

        await ConversationFixture.WithinAsync(wrong.Closed);
        Assert.Equal(["add silk"], _voice.History());
    }

    [Fact]
    public async Task Pause_WithoutWordsAfterAll_DropsWhatWasBegun()
    {
        var wrong = _voice.Talk.Model.Step().Text("Milk.").Hang();
        await _voice.StartAsync();
        await SpeakAsync("add milk");
        _voice.Quiet(300);
        await ConversationFixture.WithinAsync(wrong.Begun);
        _voice.Quiet(700);

        _voice.Ear.Hears("", await _voice.Ear.FinishedAsync(), final: true);

        await ConversationFixture.WithinAsync(wrong.Closed);
        Assert.Equal(0, _voice.Conversation.Events.Head);
    }

    /// <summary>What is guessed belongs to one conversation, to one connection, and to words that a recogniser goes on with.</summary>
    [Theory]
    [InlineData("follow")]
    [InlineData("leave")]
    [InlineData("break")]
    public async Task Pause_AfterWhichNobodyGoesOn_DropsWhatWasBegun(string how)
    {
        var wrong = _voice.Talk.Model.Step().Text("Milk.").Hang();
        var session = await _voice.StartAsync();
        await SpeakAsync("add milk");
        _voice.Quiet(300);
        await ConversationFixture.WithinAsync(wrong.Begun);
        await using var other = new Conversation("c_9876543210", "user", _voice.Talk.Services);

        switch (how)
        {
            case "follow":
                session.Follow(other);
                break;
            case "leave":
                await _voice.LeaveAsync();
                break;
            default:
                _voice.Ear.Break(new RecognitionException(RecognitionErrorKind.Failed, "Test."));
                break;
        }

        await ConversationFixture.WithinAsync(wrong.Closed);
        Assert.Equal(0, _voice.Conversation.Events.Head);
    }

    private async Task SpeakAsync(string words)
    {
        _voice.Speak(400);
        await _voice.HeardAsync("hearing");
        _voice.Ear.Hears(words, 0);
        await _voice.Client.UntilAsync(one => one is SessionEvent.Transcription { Final: false });
    }
}
