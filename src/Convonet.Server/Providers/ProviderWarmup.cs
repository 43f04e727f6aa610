using System.Threading.Channels;
using Convonet.Models;

namespace Convonet.Server.Providers;

/// <summary>Warms the providers' connections at start, and again when somebody connects after a quiet time: the handshake is paid while the user types.</summary>
internal sealed partial class ProviderWarmup(
    ProviderConnections connections, ChatModels models, ConnectionBell bell, ILogger<ProviderWarmup> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var entry in models.Entries)
        {
            LogProvider(entry.Name, entry.Model.Model, entry.Emulated ? "offline demo model, no key is set" : "real", entry == models.Default ? ", the default" : "");
        }

        try
        {
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
