using System.Threading.Channels;
using Convonet.Models;
using Convonet.Models.Rehearsals;
using Convonet.Tools;

namespace Convonet.Server.Providers;

/// <summary>Warms the providers' libraries and connections at start, and the connections again when somebody connects after a quiet time: the handshake is paid while the user types.</summary>
internal sealed partial class ProviderWarmup(
    ProviderConnections connections, ChatModels models, ToolCatalog tools, ConnectionBell bell, ILogger<ProviderWarmup> logger) : BackgroundService
{
    /// <summary>What is compiled stays so for the whole process.</summary>
    private static int _isRehearsed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var entry in models.Entries)
        {
            LogProvider(entry.Name, entry.Model.Model, entry.Emulated ? "offline demo model, no key is set" : "real", entry == models.Default ? ", the default" : "");
        }

        try
        {
            await RehearseAsync(stoppingToken);
            do
            {
                await connections.WarmAsync(stoppingToken);
            }
            while (await bell.WaitAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops, or never started.
        }
    }

    private async Task RehearseAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isRehearsed, 1) == 1)
        {
            return;
        }

        try
        {
            // Not on the thread that starts the server.
            await Task.Yield();
            await Rehearsal.RunAsync(models.Entries.Select(entry => entry.Name), tools.Own, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is, a server that could answer does not end for it: the first user waits, then, for what is compiled.
            LogNotRehearsed(error);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A provider's library could not be warmed up.")]
    private partial void LogNotRehearsed(Exception error);

    [LoggerMessage(LogLevel.Information, "Provider {Provider}: {Model} ({Kind}{Default}).")]
    private partial void LogProvider(string provider, string model, string kind, string @default);
}

/// <summary>Rung when a client connects.</summary>
internal sealed class ConnectionBell
{
    private readonly Channel<bool> _rung = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Ring() => _rung.Writer.TryWrite(true);

    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _rung.Reader.ReadAsync(cancellationToken);
}
