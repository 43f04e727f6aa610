using System.Net.WebSockets;
using Convonet.Conversations;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>The client is sent away: it comes back by itself and goes on where it was.</summary>
internal sealed partial class VoiceConnection
{
    private const string Restarting = "The server is restarting.";
    private const string CutOff = "This server does not reach its store; another one does.";

    /// <summary>A client comes back after a quarter of a second to one and a quarter: not all of them at once.</summary>
    private const int EarliestReturnMs = 250;

    /// <summary>Why the client is sent away behind the answer that runs; null while it is not.</summary>
    private volatile string? _drains;
    private ITimer? _drainLimit;

    /// <summary>The server stops, or is cut off from its store: the answer that runs is heard to its end, if that comes in time; the next process goes on with what is left.</summary>
    private void Drain(string why)
    {
        if (_services.Options.DrainTime > TimeSpan.Zero)
        {
            _drainLimit?.Dispose();
            _drainLimit = _services.Time.CreateTimer(_ => SendAway(why), null, _services.Options.DrainTime, Timeout.InfiniteTimeSpan);
            _drains = why;
            Wake();
        }
        else
        {
            SendAway(why);
        }
    }

    private void SendAway(string why, int earliestReturnMs = EarliestReturnMs)
    {
        if (!_closing.Task.IsCompleted)
        {
            Send(new SessionEvent.GoingAway(earliestReturnMs + Random.Shared.Next(1000), why));
            Close(WebSocketCloseStatus.EndpointUnavailable, why);
        }
    }
}
