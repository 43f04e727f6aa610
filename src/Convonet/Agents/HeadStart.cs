using System.Threading.Channels;
using Convonet.Models;
using Convonet.Streams;
using Convonet.Telemetry;

namespace Convonet.Agents;

/// <summary>A model that was asked before it was certain what the user says: an attempt that nothing is shown, spoken or run of until a turn takes it.</summary>
/// <remarks>
/// The step that asks the same of the same model takes it as its first attempt and reads it from its beginning; for any other it is as if it
/// had never been. Nobody's after <see cref="Lifetime"/>, it ends by itself.
/// </remarks>
public sealed class HeadStart : IDisposable
{
    /// <summary>How long it waits for its turn: as long as a recogniser may take for a last transcript, twice.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    /// <summary>How far it reads ahead; then the model waits.</summary>
    private const int Ahead = 256;

    private readonly IChatModel _model;
    private readonly ModelRequest _request;
    private readonly TimeProvider _time;
    private readonly StrayTasks _strays;
    private readonly UsageTally? _aside;
    private readonly Channel<ModelUpdate> _said = Channel.CreateBounded<ModelUpdate>(new BoundedChannelOptions(Ahead) { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _stop;
    private readonly Task _pump;
    private TimeSpan? _firstContentAfter;
    private volatile bool _failed;
    private volatile bool _isFree;
    private int _taken;
    private int _disposed;

    internal HeadStart(IChatModel model, ModelRequest request, TimeProvider time, StrayTasks strays, UsageTally? aside)
    {
        (_model, _request, _time, _strays, _aside) = (model, request, time, strays, aside);
        Use = new CallUse(request);
        Began = time.GetTimestamp();
        _stop = new CancellationTokenSource(Lifetime, time);
        _pump = Task.Run(PumpAsync);
    }

    /// <summary>What it uses, as far as that is known.</summary>
    internal CallUse Use { get; }

    /// <summary>When the model was asked, on the clock's timestamps.</summary>
    internal long Began { get; }

    /// <summary>How long the model took to its first content; whoever has read that content knows it.</summary>
    internal TimeSpan? FirstContentAfter => _firstContentAfter;

    /// <summary>Ends it at once, whether it was taken or not; does not wait for a library that ignores its token.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            ConvonetTelemetry.HeadStarts.Add(1, new KeyValuePair<string, object?>("convonet.head_start.taken", Volatile.Read(ref _taken) == 1));
            _strays.Adopt(EndAsync(), $"A head start of {_model.Provider}");
        }
    }

    /// <summary>The model's answer to a request, if this is it; it is given once.</summary>
    internal IAsyncEnumerable<ModelUpdate>? TryTake(IChatModel model, ModelRequest request)
    {
        if (Volatile.Read(ref _taken) == 1 || Volatile.Read(ref _disposed) == 1)
        {
            return null;
        }

        if (!ReferenceEquals(model, _model) || !IsSame(request))
        {
            // Nobody will take it any more.
            Dispose();
            return null;
        }

        _stop.CancelAfter(Timeout.InfiniteTimeSpan);
        if (_failed || _stop.IsCancellationRequested)
        {
            return null;
        }

        Volatile.Write(ref _taken, 1);
        return _said.Reader.ReadAllAsync();
    }

    /// <summary>The same but for how the last message is spelled. A cut history, a new minute on the clock in the prompt or another number of the turn make it another request.</summary>
    private bool IsSame(ModelRequest request)
    {
        var (asked, wanted) = (_request.History, request.History);
        return request.StepId == _request.StepId && request.SystemPrompt == _request.SystemPrompt && request.Moment == _request.Moment && request.ToolChoice == _request.ToolChoice
            && asked.Count == wanted.Count
            && asked.SkipLast(1).Zip(wanted).All(pair => ReferenceEquals(pair.First, pair.Second))
            && asked[^1] is HistoryItem.UserMessage guessed && wanted[^1] is HistoryItem.UserMessage said && SameWords.Are(guessed.Text, said.Text);
    }

    private async Task PumpAsync()
    {
        ConvonetTelemetry.LiveModelStreams.Add();
        try
        {
            await foreach (var update in _model.StreamAsync(_request, _stop.Token))
            {
                if (update is not ModelUpdate.Usage and not ModelUpdate.TextDelta { IsBlank: true })
                {
                    _firstContentAfter ??= _time.GetElapsedTime(Began);
                }

                Use.Saw(update);
                await _said.Writer.WriteAsync(update, _stop.Token);
            }

            _said.Writer.TryComplete();
        }
        catch (Exception error)
        {
            // The border: whoever takes it, or has taken it, is told.
            (_failed, _isFree) = (true, AttemptFailure.Of(error).IsFree);
            _said.Writer.TryComplete(error);
        }
        finally
        {
            ConvonetTelemetry.LiveModelStreams.Remove();
        }
    }

    private async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _pump;
        _stop.Dispose();
        if (Volatile.Read(ref _taken) == 0)
        {
            // A step that takes it measures it as its own call.
            if (Use.HasBegun || !_isFree)
            {
                _aside?.Add(UsageKind.Dropped, _model, Use);
            }

            if (Use.Told is { } usage)
            {
                ModelCallMeasure.Dropped(_model, usage);
            }
        }
    }
}
