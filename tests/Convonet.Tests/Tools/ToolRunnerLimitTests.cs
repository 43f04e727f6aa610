using Convonet.Streams;
using Convonet.Tools;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Tools;

/// <summary>A tool is waited for until its limit or the turn ends, whatever it does.</summary>
public sealed class ToolRunnerLimitTests
{
    private const string NotKnown = " It is not known whether it took effect. Do not repeat it.";

    private readonly FakeTimeProvider _time = new();
    private readonly StrayTasks _strays = new(NullLogger<StrayTasks>.Instance);
    private readonly ToolOptions _options = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Of a tool that says nothing of itself nobody knows either.</summary>
    [Theory]
    [InlineData(null, NotKnown)]
    [InlineData(ToolEffect.Outside, NotKnown)]
    [InlineData(ToolEffect.Store, "")]
    [InlineData(ToolEffect.None, "")]
    public async Task Run_EndedFromWithoutAfterItBegan_SaysOfWhatActsOutsideThatNobodyKnows(ToolEffect? effect, string more)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var (started, startedAgain) = (NewSignal(), NewSignal());
        var stopped = Runner(With(Hanging(started))).RunAsync(new ToolCall("c1", "probe", ""), Context("probe"), stop.Token);
        var late = RunAsync(With(Hanging(startedAgain)));
        await Task.WhenAll(started.Task, startedAgain.Task).WaitAsync(Token);

        await stop.CancelAsync();
        Assert.Equal((ToolOutcome.Cancelled, "probe was stopped before it finished." + more), Told(await stopped));
        _time.Advance(_options.Limit);
        Assert.Equal((ToolOutcome.Timeout, "probe did not finish within 6 s." + more), Told(await late));
        await _strays.DrainAsync(Token);

        AIFunction With(AIFunction tool) => effect is { } known ? new ToolTraits { Effect = known }.On(tool) : tool;
        static (ToolOutcome, string) Told(ToolResult result) => (result.Outcome, result.Content);
    }

    [Fact]
    public async Task Run_ToolIgnoresItsToken_TimesOutAtTheLimit()
    {
        var started = NewSignal();
        var release = NewSignal();
        var running = RunAsync(ToolFactory.Create(
            async () =>
            {
                started.SetResult();
                await release.Task;
                return "late";
            },
            "probe",
            "Test."));

        await started.Task.WaitAsync(Token);
        _time.Advance(_options.Limit - TimeSpan.FromMilliseconds(1));
        Assert.False(running.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var result = await running;

        Assert.Equal((ToolOutcome.Timeout, "probe did not finish within 6 s." + NotKnown), (result.Outcome, result.Content));
        Assert.Equal((_options.Limit, _options.Limit), (result.Limit, result.Elapsed));
        Assert.Equal(1, _strays.Count);
        release.SetResult();
        await _strays.DrainAsync(Token);
    }

    [Fact]
    public async Task Run_ToolBlocksItsThread_TimesOutAtTheLimit()
    {
        var started = NewSignal();
        using var release = new ManualResetEventSlim();
        var running = RunAsync(Tool(() =>
        {
            started.SetResult();
            release.Wait(Token);
            return "late";
        }));

        await started.Task.WaitAsync(Token);
        _time.Advance(_options.Limit);
        var result = await running;

        Assert.Equal(ToolOutcome.Timeout, result.Outcome);
        release.Set();
        await _strays.DrainAsync(Token);
    }

    [Fact]
    public async Task Run_ToolHasItsOwnLimit_ThatOneCounts()
    {
        _options.Limits["probe"] = TimeSpan.FromSeconds(1);
        var started = NewSignal();
        var running = RunAsync(Hanging(started));

        await started.Task.WaitAsync(Token);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromSeconds(1), (await running).Limit);
        await _strays.DrainAsync(Token);
    }

    [Fact]
    public async Task Run_Cancelled_EndsAtOnceAndTellsTheTool()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var started = NewSignal();
        var running = Runner(Hanging(started)).RunAsync(new ToolCall("c1", "probe", ""), Context("probe"), stop.Token);
        await started.Task.WaitAsync(Token);

        await stop.CancelAsync();

        Assert.Equal(ToolOutcome.Cancelled, (await running).Outcome);
        await _strays.DrainAsync(Token);
    }

    [Fact]
    public async Task Run_ToolHangsOnCancellationCallBack_DoesNotHoldTheResult()
    {
        var started = NewSignal();
        using var release = new ManualResetEventSlim();
        var running = RunAsync(ToolFactory.Create(
            async (CancellationToken token) =>
            {
                using var registration = token.Register(() => release.Wait(TestContext.Current.CancellationToken));
                started.SetResult();
                await Task.Delay(Timeout.Infinite, token);
            },
            "probe",
            "Test."));

        await started.Task.WaitAsync(Token);
        _time.Advance(_options.Limit);

        Assert.Equal(ToolOutcome.Timeout, (await running).Outcome);
        release.Set();
        await _strays.DrainAsync(Token);
    }

    /// <summary>Each of them holds what it works with, and perhaps a thread.</summary>
    [Fact]
    public async Task Run_MoreThanEnoughCallsThatNeverEnd_TheToolIsOutOfOrderUntilOneHas()
    {
        var release = NewSignal();
        var runner = Runner(Tool(async () => await release.Task), ToolFactory.Create(() => "fine", "other", "Test."));
        var calls = Enumerable.Range(0, StrayCalls.Most).Select(number => runner.RunAsync(new ToolCall($"c{number}", "probe", ""), Context("probe"), Token)).ToArray();
        var ended = await EndAsync(calls);

        var refused = (await EndAsync(runner.RunAsync(new ToolCall("more", "probe", ""), Context("probe"), Token)))[0];
        var other = await runner.RunAsync(new ToolCall("other", "other", ""), Context("other"), Token);
        release.SetResult();
        await _strays.DrainAsync(Token);

        Assert.All(ended, result => Assert.Equal(ToolOutcome.Timeout, result.Outcome));
        Assert.Equal((ToolOutcome.Error, $"probe is out of order: {StrayCalls.Most} calls of it were stopped and have not ended. Do without it."), (refused.Outcome, refused.Content));
        Assert.Equal("fine", other.Content);
        Assert.Equal(ToolOutcome.Ok, (await runner.RunAsync(new ToolCall("again", "probe", ""), Context("probe"), Token)).Outcome);

        async Task<ToolResult[]> EndAsync(params Task<ToolResult>[] running)
        {
            var all = Task.WhenAll(running);
            while (!all.IsCompleted)
            {
                _time.Advance(_options.Limit);
                await Task.Yield();
            }

            return await all;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static AIFunction Tool(Delegate method) => ToolFactory.Create(method, "probe", "Test.");

    private static AIFunction Hanging(TaskCompletionSource started) => ToolFactory.Create(
        async (CancellationToken token) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, token);
        },
        "probe",
        "Test.");

    private static ToolContext Context(string name) => new(new ToolCall("c1", name, ""), "conversation", 1);

    private Task<ToolResult> RunAsync(AIFunction tool, string arguments = "") =>
        Runner(tool).RunAsync(new ToolCall("c1", "probe", arguments), Context("probe"), Token);

    private ToolRunner Runner(params AIFunction[] tools) => new(tools, _options, _time, _strays, NullLogger<ToolRunner>.Instance);
}
