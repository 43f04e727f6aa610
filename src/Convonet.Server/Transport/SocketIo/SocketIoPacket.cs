using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Convonet.Server.Transport.SocketIo;

/// <summary>What a packet is for.</summary>
internal enum SocketIoPacketType
{
    Connect,
    Disconnect,
    Event,
    Ack,
    ConnectError,
    BinaryEvent,
    BinaryAck,
}

/// <summary>A packet of Socket.IO, revision 5, without its attachments.</summary>
/// <param name="Type">What it is for.</param>
/// <param name="Namespace">With its slash.</param>
/// <param name="Attachments">Binary messages that follow.</param>
/// <param name="Id">Of an event that wants to be acknowledged.</param>
/// <param name="Payload">JSON; may be empty.</param>
/// <remarks><see href="https://github.com/socketio/socket.io-protocol"/>: <c>type[attachments-][/namespace,][id][JSON]</c>, in a message of Engine.IO, whose type is 4.</remarks>
internal sealed record SocketIoPacket(SocketIoPacketType Type, string Namespace, int Attachments, int? Id, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The namespace of a packet that names none.</summary>
    public const string Main = "/";

    private const int LongestNamespace = 128;
    private const int MostDigits = 9;

    /// <summary>How a packet names its namespace.</summary>
    public static string Prefix(string space) => space == Main ? "" : space + ",";

    /// <summary>Reads a message of Engine.IO, behind its type; its beginning will do.</summary>
    /// <returns>False when it is no packet. Whether its payload is right for its type is not told.</returns>
    public static bool TryParse(ReadOnlyMemory<byte> message, [NotNullWhen(true)] out SocketIoPacket? packet)
    {
        packet = null;
        if (message.IsEmpty || message.Span[0] is < (byte)'0' or > (byte)'6')
        {
            return false;
        }

        var type = (SocketIoPacketType)(message.Span[0] - '0');
        var rest = message[1..];
        var attachments = 0;
        if (type is SocketIoPacketType.BinaryEvent or SocketIoPacketType.BinaryAck)
        {
            if (NumberOf(ref rest) is not { } count || rest.IsEmpty || rest.Span[0] != '-')
            {
                return false;
            }

            (attachments, rest) = (count, rest[1..]);
        }

        var space = Main;
        if (!rest.IsEmpty && rest.Span[0] == '/')
        {
            var end = rest.Span.IndexOf((byte)',');
            var name = end < 0 ? rest : rest[..end];
            if (name.Length > LongestNamespace)
            {
                return false;
            }

            space = Encoding.UTF8.GetString(name.Span).Split('?')[0];
            rest = end < 0 ? default : rest[(end + 1)..];
        }

        packet = new SocketIoPacket(type, space, attachments, NumberOf(ref rest), rest);
        return true;
    }

    /// <summary>A packet without attachments, as a message of Engine.IO.</summary>
    public static byte[] Encode(SocketIoPacketType type, string space, int? id, Action<Utf8JsonWriter>? payload)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        Encoding.UTF8.GetBytes($"4{(int)type}{Prefix(space)}{id}", buffer);
        if (payload is not null)
        {
            using var writer = new Utf8JsonWriter(buffer);
            payload(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Tells a client that it cannot connect to a namespace.</summary>
    public static byte[] ConnectError(string space, string message) => Encode(SocketIoPacketType.ConnectError, space, null, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("message"u8, message);
        writer.WriteEndObject();
    });

    private static int? NumberOf(ref ReadOnlyMemory<byte> rest)
    {
        var digits = rest.Span.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is var end && end < 0 ? rest.Length : end;
        if (digits is 0 or > MostDigits || !Utf8Parser.TryParse(rest.Span[..digits], out int number, out _))
        {
            return null;
        }

        rest = rest[digits..];
        return number;
    }
}
