using Convonet.Conversations;
using Convonet.Server.Store;
using Convonet.Streams;

namespace Convonet.Server.Mcp;

/// <summary>Owns the connections to the configured MCP servers. The server's start does not wait for them.</summary>
internal sealed partial class McpServers : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly UserFeed _feed;
    private readonly McpOwner _owner;
    private readonly StrayTasks _strays;
    private readonly ILogger<McpServers> _logger;
    private Task _running = Task.CompletedTask;

    public McpServers(IEnumerable<McpServerEntry> entries, IServiceProvider services, McpOwner owner, UserFeed feed, StrayTasks strays, ILogger<McpServers> logger)
    {
        (_owner, _feed, _strays, _logger) = (owner, feed, strays, logger);
        All = [.. entries.Select(entry => ActivatorUtilities.CreateInstance<McpServerConnection>(services, entry))];
        foreach (var server in All)
        {
            server.StateChanged += Tell;
        }
    }

    /// <summary>The servers, in the order of their names.</summary>
    public IReadOnlyList<McpServerConnection> All { get; }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.WhenAll(All.Select(server => Task.Run(() => server.RunAsync(_stop.Token), CancellationToken.None)));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();

        // On the machine's own clock: it bounds the wait for other programs.
        await _running.WaitAsync(StopLimit, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _strays.Adopt(_running, "MCP servers");
    }

    /// <summary>Stops too: a server that is given up without being stopped must not leave programs behind.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await StopAsync(CancellationToken.None);
        }

        _stop.Dispose();
    }

    private void Tell() => _strays.Adopt(TellAsync(), "Telling the owner of MCP servers");

    private async Task TellAsync()
    {
        if (await _owner.FindAsync(_stop.Token) is { } owner)
        {
            _feed.Publish(owner, new SessionEvent.DataChanged(["mcp"], null));
        }
    }
}
