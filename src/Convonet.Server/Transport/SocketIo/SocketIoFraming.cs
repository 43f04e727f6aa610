using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Convonet.Voice;

namespace Convonet.Server.Transport.SocketIo;

/// <summary>Frames as packets of Socket.IO in one namespace. A client that does not keep to the protocol is cut off, as the protocol wants it.</summary>
/// <param name="request">The namespace and its settings.</param>
/// <param name="pid">The secret by which newer clients go on with the connection when it breaks.</param>
/// <param name="from">Where the client is in its conversation.</param>
/// <param name="limits">What a frame may hold.</param>
/// <param name="time">The clock.</param>
internal sealed partial class SocketIoFraming(SocketIoRequest request, string pid, SocketIoOffset from, TransportOptions limits, TimeProvider time) : IFraming
{
    /// <summary>More than any event here has.</summary>
    private const int MostAttachments = 4;

    private readonly string _space = request.Namespace;
    private readonly byte[] _sound = Encoding.UTF8.GetBytes("451-" + SocketIoPacket.Prefix(request.Namespace) + """["agent_audio_chunk",{"audio":{"_placeholder":true,"num":0}}]""");
    private readonly List<ReadOnlyMemory<byte>> _attachments = [];
    private IFramedLine? _line;
    private SocketIoHeart? _heart;
    private SocketIoPacket? _unfinished;
    private int? _ackId;

    /// <summary>Only whoever writes uses it.</summary>
    private string? _conversation;

    public ClientDefaults Defaults { get; } = new(SpeechForm.Whole, RecordsWhole: true, IsWelcomed: true, request.Options.SignInTime);

    public int MaxMessageBytes => request.Options.MaxPayload;

    /// <summary>Whether the client has left the namespace, and will not come back by itself.</summary>
    public bool IsLeft { get; private set; }

    /// <summary>The heartbeat; null before the connection begins.</summary>
    public SocketIoHeart? Heart => _heart;

    public void Begin(IFramedLine line)
    {
        _line = line;
        _heart = new SocketIoHeart(from, request.Options, time, line.Queue, () => line.Close(WebSocketCloseStatus.PolicyViolation, "You answer no pings."));
        line.Queue(SocketIoPacket.Encode(SocketIoPacketType.Connect, _space, null, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("sid"u8, line.SessionId);
            if (request.Options.SendOffsets)
            {
                writer.WriteString("pid"u8, pid);
            }

            writer.WriteEndObject();
        }));
    }

    public ClientFrame Read(WebSocketMessageType type, ReadOnlyMemory<byte> message)
    {
        if (type == WebSocketMessageType.Binary)
        {
            return Attach(message);
        }

        if (_unfinished is not null || message.IsEmpty)
        {
            return Break("A packet's attachments are binary messages.");
        }

        switch (message.Span[0])
        {
            case EngineIo.Message:
                return SocketIoPacket.TryParse(message[1..], out var packet) ? Take(packet) : Break("This is no packet.");
            case EngineIo.Pong:
                _heart!.Pong();
                return new ClientFrame.Nothing();
            case EngineIo.Close:
                return Leave();
            default:
                return Break("Pings are the server's.");
        }
    }

    public void Skip(WebSocketMessageType type, ReadOnlyMemory<byte> begin)
    {
        if (type == WebSocketMessageType.Text)
        {
            _ackId = SocketIoPacket.TryParse(begin[1..], out var packet) && packet.Type == SocketIoPacketType.Event ? packet.Id : null;
            return;
        }

        // The whole packet is dropped with it.
        _ackId = _unfinished?.Id;
        _unfinished = null;
        _attachments.Clear();
    }

    public void Done(ClientFrame frame)
    {
        if (_ackId is not { } id)
        {
            return;
        }

        _ackId = null;
        var refused = frame switch
        {
            ClientFrame.Bad bad => (bad.Code, bad.Message),
            ClientFrame.Clip { Refused: { } clip } => (clip.Code, clip.Message),
            _ => default((string Code, string Message)?),
        };
        _line!.Queue(SocketIoPacket.Encode(SocketIoPacketType.Ack, _space, id, writer =>
        {
            writer.WriteStartArray();
            writer.WriteStartObject();
            writer.WriteBoolean("success"u8, refused is null);
            if (refused is var (code, message))
            {
                writer.WriteString("code"u8, code);
                writer.WriteString("message"u8, message);
            }

            writer.WriteEndObject();
            writer.WriteEndArray();
        }));
    }

    public void Follow(string conversation) => _conversation = conversation;

    public FramedMessage Write(ReadOnlyMemory<byte> frame, WebSocketMessageType type)
    {
        if (type == WebSocketMessageType.Binary)
        {
            return new(_sound, WebSocketMessageType.Text, frame);
        }

        if (frame.Span[0] == '{')
        {
            return new(WriteEvent(frame.Span), WebSocketMessageType.Text);
        }

        if (frame.Span[0] == EngineIo.Ping)
        {
            _heart!.Written();
        }

        return new(frame, WebSocketMessageType.Text);
    }

    public void Dispose() => _heart?.Dispose();

    private ClientFrame Take(SocketIoPacket packet)
    {
        if (packet.Namespace != _space)
        {
            if (packet.Type != SocketIoPacketType.Connect)
            {
                return Break("You are not connected to this namespace.");
            }

            _line!.Queue(SocketIoPacket.ConnectError(packet.Namespace, "Invalid namespace"));
            return new ClientFrame.Nothing();
        }

        switch (packet.Type)
        {
            case SocketIoPacketType.Disconnect:
                return Leave();
            case SocketIoPacketType.Ack:
                // Nothing here asks for one.
                return new ClientFrame.Nothing();
            case SocketIoPacketType.Event:
                return Open(packet);
            case SocketIoPacketType.BinaryEvent or SocketIoPacketType.BinaryAck when packet.Attachments is > 0 and <= MostAttachments:
                // The message is not ours when this returns.
                _unfinished = packet with { Payload = packet.Payload.ToArray() };
                return new ClientFrame.Nothing(IsAwaitingMore: true);
            default:
                return Break("This packet does not belong here.");
        }
    }

    private ClientFrame Attach(ReadOnlyMemory<byte> message)
    {
        if (_unfinished is not { } packet)
        {
            return Break("There is no packet that this belongs to.");
        }

        _attachments.Add(message.ToArray());
        if (_attachments.Count < packet.Attachments)
        {
            // Only a recording may be large, and then it is the last.
            return _attachments.Sum(static one => (long)one.Length) > limits.MaxFrameBytes ? Break("The attachments are too large.") : new ClientFrame.Nothing(IsAwaitingMore: true);
        }

        _unfinished = null;
        var frame = packet.Type == SocketIoPacketType.BinaryAck ? new ClientFrame.Nothing() : Open(packet);
        _attachments.Clear();
        return frame;
    }

    /// <summary>Reads what an event says.</summary>
    private ClientFrame Open(SocketIoPacket packet)
    {
        try
        {
            using var payload = JsonDocument.Parse(packet.Payload, new JsonDocumentOptions { MaxDepth = 16 });
            var root = payload.RootElement;
            if (root.ValueKind != JsonValueKind.Array || root.GetArrayLength() == 0 || root[0].ValueKind != JsonValueKind.String)
            {
                return Break("An event is an array that begins with its name.");
            }

            _ackId = packet.Id;
            var frame = ClientFrame.Read(root[0].GetString()!, root.GetArrayLength() > 1 ? root[1] : default, new FrameContext(limits, Defaults) { Attachments = _attachments });
            if (frame is ClientFrame.Resume)
            {
                _heart!.StartOver();
            }

            return frame;
        }
        catch (JsonException)
        {
            return Break("The payload is not valid JSON.");
        }
        catch (InvalidOperationException)
        {
            // A string that is not valid Unicode shows only when it is read.
            return new ClientFrame.Bad("invalid_json", "The frame holds invalid text.");
        }
    }

    private ClientFrame.Nothing Leave()
    {
        IsLeft = true;
        _line!.Close(WebSocketCloseStatus.NormalClosure, "");
        return new ClientFrame.Nothing();
    }

    private ClientFrame.Nothing Break(string why)
    {
        _line!.Close(WebSocketCloseStatus.ProtocolError, why);
        return new ClientFrame.Nothing();
    }
}
