using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Convonet.Models;
using Convonet.Telemetry;
using Convonet.Tests.Agents;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Telemetry;

/// <summary>What an operator sees of second calls and of breakers. Listeners are process-wide, so these providers are nobody else's.</summary>
public sealed class HedgingTelemetryTests : IDisposable
{
    private readonly ConcurrentQueue<(string Name, string Provider, string? Outcome, long Value)> _counted = new();
    private readonly TaskCompletionSource _ended = GraphFixture.Gate();
    private readonly MeterListener _meters = new();
    private readonly GraphFixture _graph = new() { Remembers = true };
    private readonly ScriptedModel _first = new("telemetry_first");
    private readonly ScriptedModel _second = new("telemetry_second");

    public HedgingTelemetryTests()
    {
        _meters.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == ConvonetTelemetry.Name && (instrument.Name.StartsWith("convonet.hedges", StringComparison.Ordinal) || instrument.Name.StartsWith("convonet.breakers", StringComparison.Ordinal)))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var named = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value as string);
            if (named["convonet.provider"]!.StartsWith("telemetry_", StringComparison.Ordinal))
            {
                _counted.Enqueue((instrument.Name, named["convonet.provider"]!, named.GetValueOrDefault("convonet.hedge.outcome"), value));
                if (instrument.Name == "convonet.hedges.ended")
                {
                    _ended.TrySetResult();
                }
            }
        });
        _meters.Start();
        _graph.Options.Watchdog = TimeSpan.FromMinutes(1);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _meters.Dispose();

    [Theory]
    [InlineData("won")]
    [InlineData("lost")]
    [InlineData("failed")]
    [InlineData("dropped")]
    public async Task Hedge_IsCountedAtItsBeginningAndItsEnd(string outcome)
    {
        var (firstGoes, secondGoes) = (GraphFixture.Gate(), GraphFixture.Gate());
        var slow = _first.Step().Wait(firstGoes.Task).Text("Here I am. Ask me.");
        var rival = _second.Step().Wait(secondGoes.Task);
        _ = outcome == "failed" ? rival.Fail(ModelErrorKind.InvalidRequest) : rival.Text("Here I am. Ask me.");
        var turn = _graph.Start(_first, _second);
        await slow.Begun.WaitAsync(Token);
        _graph.Time.Advance(TimeSpan.FromSeconds(4));
        await rival.Begun.WaitAsync(Token);

        switch (outcome)
        {
            case "dropped":
                turn.Cancel();
                break;
            case "lost":
                firstGoes.SetResult();
                break;
            case "won":
                secondGoes.SetResult();
                break;
            default:
                secondGoes.SetResult();
                await _ended.Task.WaitAsync(Token);
                firstGoes.SetResult();
                break;
        }

        await turn.EndAsync();

        Assert.Equal(
            [("convonet.hedges.started", "telemetry_second", null, 1L), ("convonet.hedges.ended", "telemetry_second", outcome, 1L)],
            _counted.Where(one => one.Name.StartsWith("convonet.hedges", StringComparison.Ordinal)));
    }

    [Fact]
    public void Breaker_IsCountedWhileItIsOpen()
    {
        var health = _graph.Health.Of(_first);
        using (var failed = health.Begin())
        {
            failed.Failed(new ModelException(ModelErrorKind.ServerError, "Test."));
        }

        using (var again = health.Begin())
        {
            again.Failed(new ModelException(ModelErrorKind.ServerError, "Test."));
        }

        using (var answered = health.Begin())
        {
            answered.Answered(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            [("convonet.breakers.open", 1L), ("convonet.breakers.opened", 1L), ("convonet.breakers.open", -1L)],
            _counted.Select(one => (one.Name, one.Value)));
    }
}
