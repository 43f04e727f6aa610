using Convonet.Conversations;
using Convonet.Tests.Conversations;
using Convonet.Voice;

namespace Convonet.Tests.Voice;

/// <summary>What is said while nothing of the answer can be.</summary>
public sealed class VoiceFillerTests : IAsyncDisposable
{
    private readonly TaskCompletionSource _found = new();
    private readonly VoiceFixture _voice;

    public VoiceFillerTests() => _voice = new(
        ConversationFixture.Tool("look", async token =>
        {
            await _found.Task.WaitAsync(token);
            return "seen";
        }),
        ConversationFixture.Tool("delete_it", async token =>
        {
            await _found.Task.WaitAsync(token);
            return "gone";
        }));

    public ValueTask DisposeAsync() => _voice.DisposeAsync();

    [Fact]
    public async Task Tool_ThatTakesLong_IsFilledAfterOneAndAHalfSecondsOnce()
    {
        _voice.Talk.Model.Step().Call("look").Call("look");
        _voice.Talk.Model.Says("It rains.");
        await AskAsync();
        await _voice.UntilAsync(one => one is SessionEvent.ToolChunk);
        await _voice.DoneAsync();

        Pass(1.4);
        await _voice.DoneAsync();
        Assert.Equal(0, _voice.Voice.Count);
        Pass(0.1);
        Assert.Equal(FixedPhrases.Filler, await _voice.Voice.CalledAsync());
        Pass(5);
        await _voice.DoneAsync();
        _found.SetResult();
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 1 });

        Assert.Equal("It rains.", (await _voice.Voice.CalledAsync()).Trim());
        Assert.Equal(2, _voice.Voice.Count);
    }

    /// <summary>The filler's sound comes three seconds before the answer's.</summary>
    [Fact]
    public async Task Timing_OfATurnWithAFiller_IsThatOfItsAnswer()
    {
        _voice.Talk.Model.Step().Call("look");
        _voice.Talk.Model.Says("It rains.");
        await AskAsync();
        await _voice.UntilAsync(one => one is SessionEvent.ToolChunk);
        await _voice.DoneAsync();

        Pass(1.5);
        await _voice.Client.UntilSamplesAsync(1, 1);
        Pass(3);
        _found.SetResult();
        var timing = (SessionEvent.TurnTiming)await _voice.Client.UntilAsync(one => one is SessionEvent.TurnTiming);
        await _voice.DoneAsync();

        Assert.True(timing is { FirstClause: >= 4500, FirstAudio: >= 4500 }, $"{timing}");
        Assert.Single(_voice.Client.Events.OfType<SessionEvent.TurnTiming>());
    }

    [Fact]
    public async Task Model_ThatIsSilent_IsFilledByTheWatchdog()
    {
        var thought = new TaskCompletionSource();
        var step = _voice.Talk.Model.Step().Wait(thought.Task).Text("It rains.");
        await AskAsync();
        await step.Begun.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await _voice.DoneAsync();

        Pass(4);
        await _voice.UntilAsync(one => one is SessionEvent.Status { Code: "waiting" });
        Assert.Equal(FixedPhrases.Filler, await _voice.Voice.CalledAsync());
        thought.SetResult();
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 1 });

        Assert.Equal("It rains.", (await _voice.Voice.CalledAsync()).Trim());
    }

    /// <summary>Who has to answer is not told to wait; when they have, what takes long then is filled.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tool_ThatWaitsForTheUser_IsAskedForOnceAndFilledAfterTheAnswerOnly(bool takesLong)
    {
        _voice.Talk.Model.Step().Call("delete_it").Call("delete_it");
        _voice.Talk.Model.Says("Done.");
        await AskAsync();
        var events = await _voice.UntilAsync(one => one is SessionEvent.ToolConfirmation { ToolCall.Id: var id } && id != FirstAsked());
        Assert.Equal(FixedPhrases.Confirm, await _voice.Voice.CalledAsync());
        Pass(5);
        await _voice.DoneAsync();

        foreach (var question in events.Select(one => one.Event).OfType<SessionEvent.ToolConfirmation>())
        {
            // In another window of the conversation: this connection is told by the conversation alone.
            Assert.True(await _voice.Conversation.ConfirmAsync(question.ToolCall.Id, yes: true, TestContext.Current.CancellationToken));
            await _voice.UntilAsync(one => one is SessionEvent.ToolProgress { State: "running" } run && run.ToolCall.Id == question.ToolCall.Id);
        }

        await _voice.DoneAsync();
        if (takesLong)
        {
            Pass(1.5);
            Assert.Equal(FixedPhrases.Filler, await _voice.Voice.CalledAsync());
        }

        _found.SetResult();
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 1 });

        Assert.Equal("Done.", (await _voice.Voice.CalledAsync()).Trim());
    }

    private string? FirstAsked()
    {
        for (var after = 0L; _voice.Conversation.Events.TryReadAfter(after, out var logged); after = logged.Seq)
        {
            if (logged.Event is SessionEvent.ToolConfirmation first)
            {
                return first.ToolCall.Id;
            }
        }

        return null;
    }

    private async Task AskAsync()
    {
        await _voice.StartAsync();
        await _voice.SayAsync("go");
    }

    private void Pass(double seconds) => _voice.Talk.Time.Advance(TimeSpan.FromSeconds(seconds));
}
