using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Convonet.Server.Transport.SocketIo;

/// <summary>Events on their way out.</summary>
internal sealed partial class SocketIoFraming
{
    /// <summary><c>{"event":NAME,"data":{…},"seq":N,"epoch":E}</c> becomes <c>42/voice,[NAME,{…},"E.N.CONVERSATION"]</c>.</summary>
    private ReadOnlyMemory<byte> WriteEvent(ReadOnlySpan<byte> frame)
    {
        var reader = new Utf8JsonReader(frame);
        var (name, data) = (default(Range), default(Range));
        var offset = default(SocketIoOffset);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isData, isSeq, isEpoch) = (reader.ValueTextEquals("data"u8), reader.ValueTextEquals("seq"u8), reader.ValueTextEquals("epoch"u8));
            reader.Read();
            if (isData)
            {
                var begin = (int)reader.TokenStartIndex;
                reader.Skip();
                data = begin..(int)reader.BytesConsumed;
            }
            else if (isSeq)
            {
                offset = offset with { Seq = reader.GetInt64() };
            }
            else if (isEpoch)
            {
                offset = offset with { Epoch = reader.GetInt32() };
            }
            else
            {
                // Without its quotes; no name has anything that is escaped.
                name = ((int)reader.TokenStartIndex + 1)..((int)reader.BytesConsumed - 1);
            }
        }

        offset = Note(frame[name], frame[data], offset);
        var tail = offset.Seq > 0 && request.Options.SendOffsets ? $",\"{offset.In(_conversation)}\"]" : "]";
        var packet = new ArrayBufferWriter<byte>(frame.Length + 64);
        Encoding.UTF8.GetBytes($"42{SocketIoPacket.Prefix(_space)}[\"", packet);
        packet.Write(frame[name]);
        packet.Write("\","u8);
        packet.Write(frame[data]);
        Encoding.UTF8.GetBytes(tail, packet);
        return packet.WrittenMemory;
    }

    /// <summary>Knows where the client is. At the end of a turn it is asked: an answer that it has must not come again when the connection breaks soon.</summary>
    /// <returns>Where it is with this event.</returns>
    private SocketIoOffset Note(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, SocketIoOffset offset)
    {
        if (name.SequenceEqual("snapshot"u8))
        {
            using var snapshot = JsonDocument.Parse(data.ToArray());
            offset = new(snapshot.RootElement.GetProperty("epoch"u8).GetInt32(), snapshot.RootElement.GetProperty("seq"u8).GetInt64());
        }

        if (offset != default)
        {
            _heart!.Sent(offset);
            if (name.SequenceEqual("agent_response"u8))
            {
                _heart.Ask();
            }
        }

        return offset;
    }
}
