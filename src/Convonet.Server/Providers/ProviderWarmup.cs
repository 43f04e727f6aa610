using System.Threading.Channels;
using Convonet.Models;

namespace Convonet.Server.Providers;

/// <summary>Warms the providers' connections at start, and again when somebody connects after a quiet time: the handshake is paid while the user types.</summary>
internal sealed class ProviderWarmup(ProviderConnections connections, ChatModels models, ConnectionBell bell) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Made here, so that a wrong provider name is told at start and not at the first question.
        _ = models.Default;
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
}

/// <summary>Rung when a client connects.</summary>
internal sealed class ConnectionBell
{
    private readonly Channel<bool> _rung = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Ring() => _rung.Writer.TryWrite(true);

    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _rung.Reader.ReadAsync(cancellationToken);
}
