using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Convonet.Models;
using Convonet.Telemetry;
using Convonet.Tests.Conversations;
using static Convonet.Tests.Conversations.ConversationFixture;

namespace Convonet.Tests.Telemetry;

/// <summary>What an operator sees of a turn. Listeners are process-wide, so each test looks for its own model's or tool's name.</summary>
public sealed class TelemetryTests
{
    private readonly ConversationFixture _fixture = new(Tool("telemetry_probe", _ => Task.FromResult("fine")));
    private readonly ConcurrentQueue<Activity> _spans = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Spans_OfATurn_HangBelowTheTurnWhichIsARoot()
    {
        using var listener = Listen();
        using var request = new Activity("a request of somebody").Start();
        _fixture.Model.Step().Usage(7, 3).Call("telemetry_probe");
        _fixture.Model.Says("Done.");
        await using var conversation = _fixture.Start();

        await conversation.SubmitAsync("a", "Go", Token);
        await UntilTurnEndsAsync(conversation);
        await conversation.DisposeAsync(); // the turn's own span ends behind its last event
        await _fixture.Strays.DrainAsync(Token); // a model call's span ends with its stream, a little after the turn

        var tool = Assert.Single(_spans, span => span.OperationName == "execute_tool telemetry_probe");
        var turn = Assert.Single(_spans, span => span.SpanId == tool.ParentSpanId);
        var calls = _spans.Where(span => span.ParentSpanId == turn.SpanId && span.OperationName == "chat first-1").ToArray();
        Assert.Equal(("invoke_agent Convonet", default, "completed"), (turn.OperationName, turn.ParentSpanId, turn.GetTagItem("convonet.turn.outcome")));
        Assert.NotEqual(request.TraceId, turn.TraceId);
        Assert.Equal(2, calls.Length);
        Assert.Equal((7L, 3L), calls.Select(call => (call.GetTagItem("gen_ai.usage.input_tokens"), call.GetTagItem("gen_ai.usage.output_tokens"))).First(usage => usage.Item1 is not null));
        Assert.DoesNotContain(_spans.SelectMany(span => span.TagObjects), tag => Equals(tag.Value, conversation.Id));
    }

    [Fact]
    public async Task Span_OfAModelThatFails_SaysWhy()
    {
        using var listener = Listen();
        _fixture.Model.Step().Usage(91_360, 1).Fail(ModelErrorKind.Unauthorized);
        await using var conversation = _fixture.Start();

        await conversation.SubmitAsync("a", "Go", Token);
        await UntilTurnEndsAsync(conversation);
        await _fixture.Strays.DrainAsync(Token); // a model call's span ends with its stream, a little after the turn

        var call = Assert.Single(_spans, span => Equals(span.GetTagItem("gen_ai.usage.input_tokens"), 91_360L));
        Assert.Equal((ActivityStatusCode.Error, "Unauthorized"), (call.Status, call.GetTagItem("error.type")));
    }

    [Fact]
    public async Task Tokens_ModelTellsThemTwice_AreCountedOnce()
    {
        var counted = new ConcurrentQueue<(long Tokens, string? Type)>();
        using var meters = ListenToTokens(counted);
        _fixture.Model.Step().Usage(91_357, 1).Text("Hello.").Usage(91_357, 91_358);
        await using var conversation = _fixture.Start();

        await conversation.SubmitAsync("a", "Go", Token);
        await UntilTurnEndsAsync(conversation);
        await _fixture.Strays.DrainAsync(Token); // a model call's span ends with its stream, a little after the turn

        Assert.Equal([(91_357L, "input"), (91_358L, "output")], counted.Where(one => one.Tokens is 91_357 or 91_358).OrderBy(one => one.Tokens));
    }

    /// <summary>A guess that no turn takes was paid for all the same; one that a turn takes is the turn's call, and counted as that.</summary>
    [Fact]
    public async Task Tokens_OfAGuess_AreCountedOnceWhetherItIsTakenOrNot()
    {
        var counted = new ConcurrentQueue<(long Tokens, string? Type)>();
        using var meters = ListenToTokens(counted);
        var told = new TaskCompletionSource();
        var wrong = _fixture.Model.Step().Usage(81_357, 81_358).Signal(told).Hang();
        var right = _fixture.Model.Step().Usage(71_357, 71_358).Text("Hello.");
        await using var conversation = _fixture.Start();

        conversation.Guess("add milk");
        await WithinAsync(told.Task);
        conversation.Guess("go");
        await WithinAsync(wrong.Closed);
        await WithinAsync(right.Begun);
        await conversation.SubmitAsync("a", "Go", Token);
        await UntilTurnEndsAsync(conversation);
        await _fixture.Strays.DrainAsync(Token);

        Assert.Equal(
            [(71_357L, "input"), (71_358L, "output"), (81_357L, "input"), (81_358L, "output")],
            counted.Where(one => one.Tokens is 71_357 or 71_358 or 81_357 or 81_358).OrderBy(one => one.Tokens));
        Assert.Equal(2, _fixture.Model.Requests.Count);
    }

    private static MeterListener ListenToTokens(ConcurrentQueue<(long Tokens, string? Type)> counted)
    {
        var meters = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == ConvonetTelemetry.Name && instrument.Name == "gen_ai.client.token.usage")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<long>((_, tokens, tags, _) => counted.Enqueue((tokens, Tag(tags, "gen_ai.token.type"))));
        meters.Start();
        return meters;
    }

    private static string? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == name)
            {
                return tag.Value as string;
            }
        }

        return null;
    }

    private ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ConvonetTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
