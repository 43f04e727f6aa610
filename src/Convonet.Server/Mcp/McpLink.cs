using System.Threading.Channels;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Convonet.Server.Mcp;

/// <summary>One connection to an MCP server, from its greeting to its end.</summary>
internal sealed class McpLink : IAsyncDisposable
{
    /// <summary>More tools than this are more than a model can choose among.</summary>
    public const int MostTools = 128;

    /// <summary>The revision in which a client has to ask for news.</summary>
    private const string RevisionWithSubscriptions = "2026-07-28";

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _closing = new();
    private readonly IClientTransport _transport;
    private readonly TimeProvider _time;
    private McpClient _client = null!;
    private Task _watching = Task.CompletedTask;
    private Task _listening = Task.CompletedTask;

    private McpLink(IClientTransport transport, TimeProvider time)
    {
        _transport = transport;
        _time = time;
    }

    /// <summary>Connects and greets.</summary>
    /// <param name="transport">The way to the server; closed with the link.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<McpLink> OpenAsync(IClientTransport transport, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var link = new McpLink(transport, time);
        try
        {
            // No handlers for sampling, elicitation or roots: a server cannot make us run a model, ask the user, or read files.
            link._client = await McpClient.CreateAsync(
                transport,
                new McpClientOptions
                {
                    ClientInfo = new Implementation { Name = "Convonet", Version = typeof(McpLink).Assembly.GetName().Version?.ToString(3) ?? "0" },
                    InitializationTimeout = limit,
                    TimeProvider = time,
                    Handlers = new McpClientHandlers
                    {
                        NotificationHandlers = [new(NotificationMethods.ToolListChangedNotification, (_, _) => link.WakeAsync())],
                    },
                },
                cancellationToken: cancellationToken);
            link._watching = link.WatchAsync();
            link.Listen();
            return link;
        }
        catch
        {
            await CloseAsync(transport);
            throw;
        }
    }

    /// <summary>Why the connection ended; null while it stands.</summary>
    public Exception? Broken => _client.Completion.IsCompletedSuccessfully
        ? new ClientTransportClosedException(_client.Completion.Result)
        : null;

    /// <summary>The server's tools now.</summary>
    public async Task<IReadOnlyList<Tool>> ListToolsAsync(CancellationToken cancellationToken)
    {
        // The package's own method follows pages without end.
        List<Tool> tools = [];
        _client.ClearKnownTools();
        var request = new ListToolsRequestParams();
        do
        {
            var page = await _client.ListToolsAsync(request, cancellationToken);
            tools.AddRange(page.Tools.Where(Learn));
            request.Cursor = page.NextCursor;
        }
        while (request.Cursor is not null && tools.Count < MostTools);
        return tools;
    }

    /// <summary>Calls a tool.</summary>
    public ValueTask<CallToolResult> CallAsync(
        string tool, IReadOnlyDictionary<string, object?> arguments, IProgress<ProgressNotificationValue> progress, RequestOptions options, CancellationToken cancellationToken) =>
        _client.CallToolAsync(tool, arguments, progress, options, cancellationToken);

    /// <summary>Has the tools looked at again, soon.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Waits until there is a reason to look at the tools again: the server says so, the connection broke, or the time is up.</summary>
    public async Task WaitAsync(TimeSpan period, CancellationToken cancellationToken)
    {
        using var up = new CancellationTokenSource(period, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, up.Token);
        try
        {
            await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is up. A server that ended the last subscription gets another.
            Listen();
        }
    }

    /// <summary>Waits for a moment, unless the connection breaks.</summary>
    public Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken) =>
        Task.WhenAny(_client.Completion, Task.Delay(pause, _time, cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _client.DisposeAsync();
        await CloseAsync(_transport);
        await _watching;
        await _listening;
        _closing.Dispose();
    }

    /// <summary>Has the client know a tool: newer servers want some arguments as HTTP headers too.</summary>
    /// <returns>Whether what the tool says of that makes sense; the protocol leaves it out otherwise.</returns>
    private bool Learn(Tool tool)
    {
        try
        {
            _client.AddKnownTools([tool]);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static async ValueTask CloseAsync(IClientTransport transport)
    {
        if (transport is IAsyncDisposable closable)
        {
            await closable.DisposeAsync();
        }
    }

    private ValueTask WakeAsync()
    {
        Wake();
        return ValueTask.CompletedTask;
    }

    private async Task WatchAsync()
    {
        await _client.Completion;
        Wake();
    }

    /// <summary>
    /// Asks for news of the tools, where the protocol has no news without asking. Not a program of ours, though: one that is written with this package
    /// does not end with us while it has somebody to tell (2.3.1), so that a crash of ours would leave it behind.
    /// </summary>
    private void Listen()
    {
        if (_listening.IsCompleted
            && _transport is HttpClientTransport
            && _client.ServerCapabilities.Tools?.ListChanged == true
            && string.CompareOrdinal(_client.NegotiatedProtocolVersion, RevisionWithSubscriptions) >= 0)
        {
            _listening = ListenAsync();
        }
    }

    private async Task ListenAsync()
    {
        try
        {
            var request = new SubscriptionsListenRequestParams { Notifications = new SubscriptionsListenNotifications { ToolsListChanged = true } };
            await _client.SendRequestAsync<SubscriptionsListenRequestParams, EmptyResult>(RequestMethods.SubscriptionsListen, request, cancellationToken: _closing.Token);
        }
        catch (Exception)
        {
            // The border to a courtesy: without news the tools are looked at now and then. Why it ended, the next look finds out.
            Wake();
        }
    }
}
