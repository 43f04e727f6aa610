using Convonet.Telemetry;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.EndToEnd;

/// <summary>What the process has alive. The counters are shared by all tests, so those that read them run alone: <see cref="Alone"/>.</summary>
internal sealed record ProcessCounters(int Turns, int ModelStreams, int Timers, int StrayTasks)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public static ProcessCounters Now => new(
        ConvonetTelemetry.LiveTurns.Value, ConvonetTelemetry.LiveModelStreams.Value, ConvonetTelemetry.LiveTimers.Value, ConvonetTelemetry.StrayTasks.Value);

    /// <summary>Waits until nothing is alive that was not alive before. Gauges tell nobody when they change, hence the loop.</summary>
    public async Task ReturnAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Longest);
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!IsReached(Now))
        {
            try
            {
                await beat.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                Assert.Fail($"Before it was {this}, and after {Longest.TotalSeconds} s it is still {Now}.");
            }
        }
    }

    /// <summary>What other tests left behind may end meanwhile, so fewer than before is right as well.</summary>
    private bool IsReached(ProcessCounters now) =>
        now.Turns <= Turns && now.ModelStreams <= ModelStreams && now.Timers <= Timers && now.StrayTasks <= StrayTasks;
}
