// Talks to a running server: dotnet run --project samples/Convonet.Console -- "What is on my list?" "Add buy milk"
// Without words it asks for them, or reads them line by line where nobody types. CONVONET_URL names another server, CONVONET_TOKEN is an access token for one that wants a
// sign-in (or CONVONET_PIN, with CONVONET_USER), CONVONET_SESSION a file in which the conversation is kept: the next start goes on with it, and sends what was not accepted.
using Convonet.Client;
using Convonet.Console;
using Spectre.Console;

if (args is ["--help" or "-h"])
{
    Console.WriteLine("""
        Usage: dotnet run --project samples/Convonet.Console -- ["What is on my list?" "Add buy milk"]...
        Without words it asks for them. In the environment: CONVONET_URL (ws://localhost:5080/voice), CONVONET_TOKEN or CONVONET_PIN with CONVONET_USER,
        CONVONET_SESSION (a file in which the conversation is kept).
        """);
    return 0;
}

var address = Environment.GetEnvironmentVariable("CONVONET_URL") ?? "ws://localhost:5080/voice";
if (!Uri.TryCreate(address, UriKind.Absolute, out var server) || server.Scheme is not ("ws" or "wss"))
{
    AnsiConsole.MarkupLineInterpolated($"[red]CONVONET_URL is '{address}': it has to begin with ws:// or wss://, as ws://localhost:5080/voice.[/]");
    return 1;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
var (token, session) = (Environment.GetEnvironmentVariable("CONVONET_TOKEN"), Environment.GetEnvironmentVariable("CONVONET_SESSION"));
try
{
    await using var convonet = new ConvonetClient(new ConvonetClientOptions
    {
        Address = server,
        AccessToken = string.IsNullOrEmpty(token) ? null : _ => ValueTask.FromResult<string?>(token),
        Pin = Environment.GetEnvironmentVariable("CONVONET_PIN"),
        User = Environment.GetEnvironmentVariable("CONVONET_USER"),
        FillsIn = false, // a turn is shown from snapshots too
        Store = session is null ? null : new FileSessionStore(session),
    });
    await using var talk = new Conversation(convonet, stop.Token);
    var isRefused = false;
    foreach (var said in args)
    {
        AnsiConsole.MarkupLineInterpolated($"[bold cyan]{said}[/]");
        isRefused |= !await talk.TurnAsync(said);
    }

    while (args.Length == 0 && await AskAsync() is { } said && (said.Length > 0 || Console.IsInputRedirected))
    {
        if (said.Length > 0)
        {
            isRefused |= !await talk.TurnAsync(said);
        }
    }

    return isRefused ? 1 : 0;
}
catch (OperationCanceledException)
{
    return 130;
}
catch (Exception error) when (error is ConvonetException or IOException or ArgumentException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

async Task<string?> AskAsync() => Console.IsInputRedirected
    ? await Task.Run(Console.In.ReadLine).WaitAsync(stop.Token) // its own asynchronous form waits on this thread, and hears no Ctrl-C
    : await new TextPrompt<string>("[bold]>[/]").AllowEmpty().ShowAsync(AnsiConsole.Console, stop.Token);
