using System.Threading.Channels;

namespace Convonet.Emulator.Deepgram;

/// <summary>The text messages that clients sent on the speak socket, in their order; the oldest are dropped when nobody takes them.</summary>
internal sealed class SpeakLog(bool isKept)
{
    private readonly Channel<string> _messages =
        Channel.CreateBounded<string>(new BoundedChannelOptions(1_000) { FullMode = BoundedChannelFullMode.DropOldest });

    internal void Add(string message)
    {
        if (isKept)
        {
            _messages.Writer.TryWrite(message);
        }
    }

    internal ValueTask<string> TakeAsync(CancellationToken cancellationToken) => _messages.Reader.ReadAsync(cancellationToken);
}
