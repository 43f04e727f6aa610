using System.Net.Sockets;
using Convonet.Emulator.Faults;
using Convonet.Emulator.Scripts;
using Convonet.Emulator.Wire;
using Microsoft.AspNetCore.Connections.Features;

namespace Convonet.Emulator;

/// <summary>The faults that happen in the stream.</summary>
internal sealed partial class AnswerWriter
{
    /// <summary>Lets a fault happen now.</summary>
    /// <returns>Whether the answer goes on.</returns>
    private async Task<bool> HappenAsync(Fault fault, CancellationToken cancellationToken)
    {
        switch (fault.Name)
        {
            case "gap" or "delay":
                await WaitAsync(fault.Milliseconds(1_000), cancellationToken);
                return true;
            case "stall":
                await Task.Delay(Timeout.InfiniteTimeSpan, options.Time, cancellationToken);
                return false;
            case "pings":
                while (true)
                {
                    await WaitAsync(TimeSpan.FromMilliseconds(Math.Max(10, fault.Number("ms", 200))), cancellationToken);
                    await WriteAsync(encoder.Ping, cancellationToken);
                }

            case "badjson":
                await WriteAsync(encoder.BadJson, cancellationToken);
                return true;
            case "twice":
                _twice = true;
                return true;
            case "safety":
                await SendAllAsync(encoder.End(Finish.Safety), cancellationToken);
                await CompleteAsync(Finish.Safety, cancellationToken);
                return false;
            case "inband":
                await FailInBandAsync(fault.Text("kind"), cancellationToken);
                return false;
            case "cut":
                await CutAsync(fault.Text("kind") ?? "rst", cancellationToken);
                return false;
            default:
                throw new FormatException($"Fault '{fault.Name}' cannot happen in the middle of an answer.");
        }
    }

    private async Task FailInBandAsync(string? kind, CancellationToken cancellationToken)
    {
        if (stream)
        {
            await SendAllAsync(encoder.Error(kind), cancellationToken);
            return;
        }

        context.Response.StatusCode = record.StatusCode = format.Api == EmulatedApi.Anthropic ? 529 : 503;
        await WriteAsync(WireJson.Text(format.Error(new Rejection(record.StatusCode, format.MessageOf(record.StatusCode)), context.Response.Headers)), cancellationToken);
    }

    private async Task CutAsync(string kind, CancellationToken cancellationToken)
    {
        BeforeCut();
        switch (kind)
        {
            case "close":
                // HTTP ends well; only the provider's own end marker is missing.
                await context.Response.CompleteAsync();
                break;
            case "truncated":
                // The transport has taken every byte (see EmulatorHost), so that this side can be closed without losing any.
                await context.Response.StartAsync(cancellationToken);
                await context.Response.Body.FlushAsync(cancellationToken);
                context.Features.Get<IConnectionSocketFeature>()?.Socket.Shutdown(SocketShutdown.Send);
                await Task.Delay(TruncatedLinger, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                context.Abort();
                break;
            default:
                context.Abort();
                break;
        }
    }
}
