using System.Threading.Channels;
using Convonet.Client;
using Convonet.Conversations;
using Spectre.Console;

namespace Convonet.Console;

/// <summary>One turn after the other, each as it comes.</summary>
internal sealed class Conversation : IAsyncDisposable
{
    private readonly ConvonetClient _convonet;
    private readonly CancellationTokenSource _end;
    private readonly CancellationToken _stop;
    private readonly Task _pumping;
    private bool _wasThere;

    /// <summary>What the server tells, and how it stands with the connection: both change the picture.</summary>
    private readonly Channel<object> _news = Channel.CreateBounded<object>(16);

    /// <param name="convonet">The client.</param>
    /// <param name="stop">The user has had enough.</param>
    public Conversation(ConvonetClient convonet, CancellationToken stop)
    {
        _convonet = convonet;
        _end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _stop = _end.Token;
        convonet.ConnectionChanged += (_, now) => Note(now);
        _pumping = PumpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _pumping;
        _end.Dispose();
    }

    /// <summary>A server that is gone is waited for. One that was never there is most likely another one than is meant, or not started.</summary>
    private void Note(ConnectionStatus now)
    {
        _wasThere |= now.State is ConnectionState.Resuming or ConnectionState.Online;
        if (!_wasThere && now is { State: ConnectionState.Waiting, Error: { } error })
        {
            _news.Writer.TryComplete(new IOException($"No server: {error.Message}. Start one (dotnet run --project src/Convonet.Server), or name another with CONVONET_URL.", error));
        }
        else
        {
            _news.Writer.TryWrite(now);
        }
    }

    /// <summary>Says something, and shows what comes of it to its end.</summary>
    /// <returns>Whether the server took it.</returns>
    /// <exception cref="ConvonetException">The server does not let this client in.</exception>
    /// <exception cref="IOException">There is none.</exception>
    /// <exception cref="ArgumentException">This cannot be said.</exception>
    public async Task<bool> TurnAsync(string said)
    {
        var turn = new Turn(_convonet.Send(said));
        try
        {
            while (!turn.HasEnded)
            {
                if (await ShowAsync(turn) is { } question)
                {
                    // What is live cannot be asked beside: the picture goes, the question stands, the picture comes back.
                    // Where nobody can be asked, the answer is no.
                    var isAllowed = !System.Console.IsInputRedirected && AnsiConsole.Profile.Capabilities.Interactive && await AnsiConsole.ConfirmAsync(Markup.Escape($"Run {question.ToolCall.Name} {question.ToolCall.Args}?"), false, _stop);
                    _convonet.Confirm(question.ToolCall.Id, isAllowed);
                }
            }
        }
        finally
        {
            AnsiConsole.Write(turn.Picture);
        }

        return !turn.IsRefused;
    }

    /// <summary>Shows the turn until it has ended, or asks something. Where nobody looks, only its end is written.</summary>
    private async Task<SessionEvent.ToolConfirmation?> ShowAsync(Turn turn)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || System.Console.IsOutputRedirected)
        {
            string? shown = null;
            return await FollowAsync(turn, () =>
            {
                if (turn.Connection is { } trouble && trouble != shown)
                {
                    System.Console.Error.WriteLine(shown = trouble);
                }
            });
        }

        return await AnsiConsole.Live(turn.Picture).AutoClear(true).StartAsync(live => FollowAsync(turn, () => live.UpdateTarget(turn.Picture)));
    }

    private async Task<SessionEvent.ToolConfirmation?> FollowAsync(Turn turn, Action changed)
    {
        while (!turn.HasEnded)
        {
            if (!await _news.Reader.WaitToReadAsync(_stop))
            {
                throw new OperationCanceledException(_stop);
            }

            while (_news.Reader.TryRead(out var news))
            {
                turn.Take(news);
                if (news is SessionEvent.ToolConfirmation question && turn.Has(question.Turn))
                {
                    return question;
                }
            }

            changed();
        }

        return null;
    }

    private async Task PumpAsync()
    {
        Exception? end = null;
        try
        {
            await foreach (var told in _convonet.EventsAsync(_stop))
            {
                await _news.Writer.WriteAsync(told, _stop);
            }
        }
        catch (Exception error)
        {
            // The border: whoever shows the turn gets it.
            end = error;
        }

        _news.Writer.TryComplete(end);
    }
}
