using System.Net.WebSockets;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>Frames as <c>docs/protocol.md</c> has them: events are text messages, sound is binary ones.</summary>
internal sealed class PlainFraming(TransportOptions options) : IFraming
{
    public ClientDefaults Defaults => ClientDefaults.Plain;

    public int MaxMessageBytes => options.MaxFrameBytes;

    public void Begin(IFramedLine line)
    {
    }

    public ClientFrame Read(WebSocketMessageType type, ReadOnlyMemory<byte> message) =>
        type == WebSocketMessageType.Binary ? new ClientFrame.Audio(message.ToArray()) : ClientFrame.Parse(message, options);

    public void Skip(WebSocketMessageType type, ReadOnlyMemory<byte> begin)
    {
    }

    public void Done(ClientFrame frame)
    {
    }

    public void Follow(string conversation)
    {
    }

    public FramedMessage Write(ReadOnlyMemory<byte> frame, WebSocketMessageType type) => new(frame, type);

    public void Dispose()
    {
    }
}
