using Convonet.Agents;
using Convonet.Models;
using Convonet.Streams;
using Convonet.Tools;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Agents;

/// <summary>What waits in a turn's inbox.</summary>
public sealed class TurnRunTests : IDisposable
{
    private readonly TurnRun _run = new(
        new AgentTurn("c", 1, "", [], [], new InMemoryTurnJournal()), new AgentOptions(), new FakeTimeProvider(), new StrayTasks(NullLogger<StrayTasks>.Instance), NullLogger.Instance, CancellationToken.None);

    private readonly object _source = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task NextAsync_TextThatWaits_ComesTogether()
    {
        Write(Text("One "), Text("two "), Text("three."), new ModelUpdate.Completed(FinishReason.Stop));

        Assert.Equal("One two three.", Words(await _run.NextAsync()));
        Assert.IsType<ModelUpdate.Completed>((await _run.NextAsync()).Payload);
        Assert.False(_run.HasSignals);
    }

    [Fact]
    public async Task NextAsync_TextWithDataOrOfAnotherSource_StaysApart()
    {
        Write(Text("One "), new ModelUpdate.TextDelta("two ", new ProviderData("first", "{}")), Text("three "), new ModelUpdate.ToolCallStarted("id", "tool"), Text("four "));
        Assert.True(_run.TryLeave(new Signal(new object(), Text("five"))));

        var words = new List<string>();
        while (_run.HasSignals)
        {
            words.Add(Words(await _run.NextAsync()));
        }

        Assert.Equal(["One ", "two ", "three ", "ToolCallStarted", "four ", "five"], words);
    }

    [Fact]
    public async Task NextAsync_MuchText_ComesInPieces()
    {
        var part = new string('a', 1_500);
        Write(Text(part), Text(part), Text(part), Text(part));

        Assert.Equal(4_500, Words(await _run.NextAsync()).Length);
        Assert.Equal(1_500, Words(await _run.NextAsync()).Length);
    }

    [Fact]
    public async Task GoOn_TurnThatWaits_GoesOnWithinTheCall()
    {
        var next = ThreadOfNextAsync();
        Assert.True(_run.TryLeave(new Signal(_source, Text("One "))));
        Assert.False(next.IsCompleted);

        _run.GoOn();

        Assert.True(next.IsCompleted);
        Assert.Equal((Environment.CurrentManagedThreadId, "One "), await next);
    }

    [Fact]
    public async Task PostAsync_FullInbox_WaitsAndLosesNothing()
    {
        var written = 0;
        while (_run.TryLeave(new Signal(new object(), Text($"{written} "))))
        {
            written++;
        }

        var waiting = _run.PostAsync(new Signal(_source, Text("last")), CancellationToken.None);
        Assert.False(waiting.IsCompleted);

        for (var i = 0; i < written; i++)
        {
            Assert.Equal($"{i} ", Words(await _run.NextAsync()));
        }

        await waiting;
        Assert.Equal("last", Words(await _run.NextAsync()));
    }

    private async Task<(int Thread, string Words)> ThreadOfNextAsync()
    {
        var signal = await _run.NextAsync();
        return (Environment.CurrentManagedThreadId, Words(signal));
    }

    private static ModelUpdate.TextDelta Text(string words) => new(words);

    private static string Words(Signal signal) => signal.Payload is ModelUpdate.TextDelta text ? text.Text : signal.Payload!.GetType().Name;

    private void Write(params ModelUpdate[] updates) => Array.ForEach(updates, update => Assert.True(_run.TryLeave(new Signal(_source, update))));
}
