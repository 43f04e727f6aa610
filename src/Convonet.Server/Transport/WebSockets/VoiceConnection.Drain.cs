using System.Net.WebSockets;
using Convonet.Conversations;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>The client is sent away: it comes back by itself and goes on where it was.</summary>
internal sealed partial class VoiceConnection
{
    private const string Restarting = "The server is restarting.";

    /// <summary>A client comes back after a quarter of a second to one and a quarter: not all of them at once.</summary>
    private const int EarliestReturnMs = 250;

    private volatile bool _isDraining;
    private ITimer? _drainLimit;

    /// <summary>The server stops: the answer that runs is heard to its end, if that comes in time; the next process goes on with what is left.</summary>
    private void Drain()
    {
        if (_services.Options.DrainTime > TimeSpan.Zero)
        {
            _drainLimit = _services.Time.CreateTimer(_ => SendAway(Restarting), null, _services.Options.DrainTime, Timeout.InfiniteTimeSpan);
            _isDraining = true;
            Wake();
        }
        else
        {
            SendAway(Restarting);
        }
    }

    private void SendAway(string why)
    {
        if (!_closing.Task.IsCompleted)
        {
            Send(new SessionEvent.GoingAway(EarliestReturnMs + Random.Shared.Next(1000), why));
            Close(WebSocketCloseStatus.EndpointUnavailable, why);
        }
    }
}
