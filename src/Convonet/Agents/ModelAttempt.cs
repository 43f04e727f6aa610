using System.Diagnostics;
using System.Threading.Channels;
using Convonet.Models;
using Convonet.Models.Health;
using Convonet.Streams;
using Convonet.Telemetry;

namespace Convonet.Agents;

/// <summary>One model stream, pumped into the turn's inbox, with its silence timed.</summary>
/// <remarks>
/// Until a step claims an attempt nothing of it is shown, so a failed one can be replaced. Disposing it closes the upstream
/// request at once, and does not wait for a library that ignores its token: the pump then belongs to <see cref="StrayTasks"/>.
/// </remarks>
internal sealed class ModelAttempt : IDisposable
{
    /// <summary>How long a stream may take to close after the model's end marker, so that its connection can be used again.</summary>
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(1);

    /// <summary>The silence that is its provider's fault where the turn's end comes before the provider's own limit: as long as that is by default.</summary>
    private static readonly TimeSpan LongSilence = TimeSpan.FromSeconds(5);

    /// <summary>How long text may be left for a stream that gives its next at once: one that takes longer makes it meanwhile.</summary>
    private static readonly TimeSpan LongestLeft = TimeSpan.FromMilliseconds(10);

    private readonly TurnRun _run;
    private readonly ModelRequest _request;
    private readonly IAsyncEnumerable<ModelUpdate>? _early;
    private readonly HealthReport _report;
    private readonly long _began;
    private readonly SilenceTimer _silence;
    private readonly CancellationTokenSource _stop = new();
    private Task _pump = Task.CompletedTask;
    private volatile bool _completed;
    private volatile bool _answered;
    private volatile bool _silent;
    private bool _isLeft;
    private long _leftAt;
    private bool _blocks;

    /// <summary>Creates the attempt. Its silence counts from here; <see cref="Begin"/> asks the model.</summary>
    public ModelAttempt(IChatModel model, ModelRequest request, TurnRun run, HealthReport report)
    {
        Model = model;
        _run = run;
        _report = report;
        _early = run.Turn.HeadStart?.TryTake(model, request);
        _began = _early is null ? run.Time.GetTimestamp() : run.Turn.HeadStart!.Began;
        Use = _early is null ? new CallUse(request) : run.Turn.HeadStart!.Use;
        _request = request;
        _silence = new SilenceTimer(run.Time, run.Options.StreamIterationOf(model.Provider), () =>
        {
            _silent = true;
            run.Wake();
        });
    }

    public IChatModel Model { get; }

    /// <summary>What it uses, as far as that is known.</summary>
    public CallUse Use { get; }

    /// <summary>Whether the model was silent for its limit.</summary>
    public bool IsSilent => _silent;

    /// <summary>How long ago the model was asked.</summary>
    public TimeSpan Elapsed => _run.Time.GetElapsedTime(_began);

    /// <summary>Asks the model, or goes on with what it was asked before.</summary>
    public void Begin()
    {
        if (_early is null)
        {
            ConvonetTelemetry.LiveModelStreams.Add();
        }

        // On the pool, because a library may block before its first await.
        _pump = Task.Run(PumpAsync);
    }

    /// <summary>Something of it was taken after all: a silence that had just been noticed is over.</summary>
    public void Heard()
    {
        if (_silent)
        {
            _silent = false;
            _silence.Restart();
        }
    }

    /// <summary>Its silence was too long, and it is given up for that.</summary>
    public void Stalled() => _report.Stalled(_answered ? null : Elapsed);

    /// <summary>Its rival has said something first.</summary>
    public void Lost()
    {
        if (!_answered)
        {
            _report.Lost(Elapsed);
        }
    }

    /// <summary>The turn's time is up. One that has not answered until then has told something as well, or who hangs for whole turns would be asked again and again.</summary>
    public void OutOfTime()
    {
        var waited = Elapsed;
        if (_answered || _pump.IsCompleted)
        {
            return; // it works, or failed and told so
        }

        if (waited < LongSilence && waited < _run.Options.StreamIterationOf(Model.Provider))
        {
            _report.Lost(waited);
            return;
        }

        AgentLog.LogModelSilent(_run.Logger, Model.Provider, waited.TotalSeconds, _request.StepId);
        _report.Stalled(waited);
    }

    /// <summary>Ends the stream if it has not ended.</summary>
    public void Dispose()
    {
        _silence.Dispose();
        _report.Dispose();
        _run.Strays.Adopt(EndAsync(), $"A stream of {Model.Provider}");
    }

    private async Task EndAsync()
    {
        try
        {
            if (_completed)
            {
                await _pump.WaitAsync(ClosingTime, _run.Time);
            }
        }
        catch (TimeoutException)
        {
            // The end marker came, the end of the stream did not.
        }

        await _stop.CancelAsync();
        if (_early is not null)
        {
            _run.Turn.HeadStart!.Dispose();
        }

        await _pump;
        _stop.Dispose();
    }

    private async Task PumpAsync()
    {
        using var span = ConvonetTelemetry.Source.StartActivity($"chat {Model.Model}", ActivityKind.Client, _run.Turn.Span?.Context ?? default);
        var measured = new ModelCallMeasure(Model, span, _run.Time);
        Exception? failure = null;
        try
        {
            await using var updates = Stream().GetAsyncEnumerator(_stop.Token);
            while (await NextAsync(updates))
            {
                var update = updates.Current;
                if (_completed)
                {
                    // Read to the end: a connection whose response was not read to its end cannot be used again.
                    continue;
                }

                if (_early is null)
                {
                    Use.Saw(update);
                }

                if (update is ModelUpdate.Usage)
                {
                    continue; // no step waits for it, and a count of tokens is no sign of life
                }

                measured.Saw(update);
                NoteAnswer(update);
                _completed = update is ModelUpdate.Completed;
                await PostAsync(update);

                // After the write: a wait for a full inbox is not the model's silence.
                _silence.Touch();
            }

            failure = _completed ? null : new ModelException(ModelErrorKind.Unfinished, "The stream ended without an end marker.");
        }
        catch (Exception error)
        {
            // The border: an adapter's failure, whatever it is, becomes a signal.
            failure = error;
        }
        finally
        {
            if (_early is null)
            {
                ConvonetTelemetry.LiveModelStreams.Remove();
            }
        }

        measured.Ended(Use.Told, _completed ? null : _silent ? "timeout" : _stop.IsCancellationRequested ? "cancelled" : ModelCallMeasure.ErrorType(failure));
        if (!_completed && !_stop.IsCancellationRequested)
        {
            _report.Failed(failure!);
            await TellAsync(failure!);
        }
    }

    /// <summary>
    /// The stream's next. Text that came at once is left for the turn until the stream has to be waited for, and the turn then goes on with it on this thread: a piece
    /// that comes alone is handed over to no other thread, and what came together goes on together. A library that makes its answer within the call is never waited
    /// for: for it the turn goes on beside it, until it lets itself be waited for.
    /// </summary>
    private ValueTask<bool> NextAsync(IAsyncEnumerator<ModelUpdate> updates)
    {
        var next = updates.MoveNextAsync();
        var isWaitedFor = !next.IsCompleted;
        if (_isLeft && (isWaitedFor || _run.Time.GetElapsedTime(_leftAt) > LongestLeft))
        {
            (_isLeft, _blocks) = (false, !isWaitedFor);
            _run.GoOn();
        }

        _blocks &= !isWaitedFor;
        return next;
    }

    private ValueTask PostAsync(ModelUpdate update)
    {
        // Anything but text may have the turn write to the store, and waits for another thread.
        var (signal, wasLeft) = (new Signal(this, update), _isLeft);
        _isLeft = !_blocks && update is ModelUpdate.TextDelta && _run.TryLeave(signal);
        if (!_isLeft)
        {
            return _run.PostAsync(signal, _stop.Token);
        }

        _leftAt = wasLeft ? _leftAt : _run.Time.GetTimestamp();
        return default;
    }

    /// <summary>The first content shows that the provider works. Blank text does not.</summary>
    private void NoteAnswer(ModelUpdate update)
    {
        if (!_answered && update is not ModelUpdate.TextDelta { IsBlank: true })
        {
            _answered = true;
            _report.Answered(_early is null ? Elapsed : _run.Turn.HeadStart!.FirstContentAfter ?? Elapsed);
        }
    }

    private IAsyncEnumerable<ModelUpdate> Stream() => _early ?? Model.StreamAsync(_request, _stop.Token);

    private async Task TellAsync(Exception failure)
    {
        try
        {
            await _run.PostAsync(new Signal(this, failure), _stop.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or ChannelClosedException)
        {
            // The turn has gone on without this attempt.
        }
    }
}
