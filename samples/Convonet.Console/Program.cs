// Talks to a running server: dotnet run --project samples/Convonet.Console -- "What is on my list?" "Add buy milk"
// Without words it asks for them. CONVONET_URL names another server, CONVONET_TOKEN is an access token for one that wants a sign-in, CONVONET_SESSION a file in
// which the conversation is kept: the next start goes on with it, and sends what was not accepted.
using Convonet.Client;
using Convonet.Console;
using Convonet.Conversations;
using Spectre.Console;

var token = Environment.GetEnvironmentVariable("CONVONET_TOKEN");
var session = Environment.GetEnvironmentVariable("CONVONET_SESSION");
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

try
{
    await using var convonet = new ConvonetClient(new ConvonetClientOptions
    {
        Address = new Uri(Environment.GetEnvironmentVariable("CONVONET_URL") ?? "ws://localhost:5080/voice"),
        AccessToken = token is null ? null : _ => ValueTask.FromResult<string?>(token),
        Store = session is null ? null : new FileSessionStore(session),
    });
    convonet.ConnectionChanged += (_, now) =>
    {
        if (now is { State: ConnectionState.Waiting, RetryIn: { } wait })
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]No connection; trying again in {wait.TotalSeconds:0.0} s. {now.Error?.Message}[/]");
        }
    };
    await using var events = convonet.EventsAsync(stop.Token).GetAsyncEnumerator(stop.Token);
    foreach (var said in args.Length > 0 ? args : Asked())
    {
        await TurnAsync(convonet, events, said);
    }

    return 0;
}
catch (OperationCanceledException)
{
    return 130;
}
catch (Exception error) when (error is ConvonetException or ArgumentException)
{
    AnsiConsole.MarkupLineInterpolated($"[red]{error.Message}[/]");
    return 1;
}

static IEnumerable<string> Asked()
{
    while (AnsiConsole.Prompt(new TextPrompt<string>("[bold]>[/]").AllowEmpty()) is { Length: > 0 } said)
    {
        yield return said;
    }
}

async Task TurnAsync(ConvonetClient convonet, IAsyncEnumerator<SessionEvent> events, string said)
{
    AnsiConsole.MarkupLineInterpolated($"[bold cyan]{said}[/]");
    var turn = new Turn(convonet.Send(said));
    while (!turn.HasEnded)
    {
        // What is live cannot be asked beside: the picture goes, the question stands, the picture comes back.
        SessionEvent.ToolConfirmation? question = null;
        await AnsiConsole.Live(turn.Picture).AutoClear(true).StartAsync(async live =>
        {
            while (!turn.HasEnded && question is null)
            {
                if (!await events.MoveNextAsync())
                {
                    throw new OperationCanceledException();
                }

                turn.Take(events.Current);
                question = events.Current as SessionEvent.ToolConfirmation;
                live.UpdateTarget(turn.Picture);
            }
        });
        if (question is not null)
        {
            convonet.Confirm(question.ToolCall.Id, await AnsiConsole.ConfirmAsync(Markup.Escape($"Run {question.ToolCall.Name} {question.ToolCall.Args}?"), false, stop.Token));
        }
    }

    AnsiConsole.Write(turn.Picture);
}
