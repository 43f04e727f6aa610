using Convonet.Agents;
using Microsoft.Extensions.Logging;

namespace Convonet.Conversations;

/// <summary>Ends of turns that were shown and could not be kept: while a store has them open, the next process would take those turns up.</summary>
public sealed partial class Conversation
{
    private static readonly TimeSpan FirstTryAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastTryAgain = TimeSpan.FromSeconds(30);

    /// <summary>Touched under <see cref="Gate"/>.</summary>
    private readonly List<TurnEnd> _unkeptEnds = [];
    private Task _tryingAgain = Task.CompletedTask;

    /// <summary>Keeps the end of a turn as soon as the store takes it, and before it takes another message.</summary>
    internal void KeepLater(TurnEnd end)
    {
        lock (Gate)
        {
            _unkeptEnds.Add(end);
        }
    }

    /// <exception cref="Exception">The store takes nothing yet.</exception>
    private async ValueTask KeepEndsAsync()
    {
        while (FirstUnkept() is { } end)
        {
            try
            {
                await _services.Store.EndAsync(end, CancellationToken.None);
            }
            catch (TurnFencedException)
            {
                // It went on elsewhere, and ended there or will.
                Supersede();
            }

            lock (Gate)
            {
                _unkeptEnds.Remove(end);
            }
        }
    }

    private TurnEnd? FirstUnkept()
    {
        lock (Gate)
        {
            return _unkeptEnds is [var first, ..] ? first : null;
        }
    }

    /// <summary>Called when a turn has ended.</summary>
    private void TryAgainLater()
    {
        if (_tryingAgain.IsCompleted && FirstUnkept() is not null)
        {
            _tryingAgain = Task.Run(TryAgainAsync);
        }
    }

    private async Task TryAgainAsync()
    {
        var pause = FirstTryAgain;
        while (FirstUnkept() is not null && !_ended.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(pause, _services.Time, _ended.Token);
                await KeepEndsAsync();
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // The border: whatever a store throws, it is asked again.
                LogStillNotKept(error);
                pause = pause * 2 < LastTryAgain ? pause * 2 : LastTryAgain;
            }
        }
    }

    /// <summary>The conversation ends: one last try.</summary>
    private async ValueTask KeepEndsAtLastAsync()
    {
        try
        {
            await KeepEndsAsync();
        }
        catch (Exception error)
        {
            // The border: the next owner goes on with what it finds open.
            LogStillNotKept(error);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The end of a turn could not be kept yet.")]
    private partial void LogStillNotKept(Exception error);
}
