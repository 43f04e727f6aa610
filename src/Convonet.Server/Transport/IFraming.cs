using System.Net.WebSockets;
using Convonet.Voice;

namespace Convonet.Server.Transport;

/// <summary>How one client's frames look on its WebSocket. What they mean, and everything else, is the connection's, whichever way they are framed.</summary>
internal interface IFraming : IDisposable
{
    /// <summary>What the client is taken to want until it says otherwise.</summary>
    ClientDefaults Defaults { get; }

    /// <summary>The largest message, in bytes; those beyond the limit of a frame are recordings.</summary>
    int MaxMessageBytes { get; }

    /// <summary>The connection begins; nothing was sent yet.</summary>
    void Begin(IFramedLine line);

    /// <summary>Reads a message.</summary>
    /// <param name="type">Text or binary.</param>
    /// <param name="message">The whole message; good until the method returns.</param>
    /// <returns>What the client asks for; <see cref="ClientFrame.Nothing"/> when that concerns the framing alone.</returns>
    ClientFrame Read(WebSocketMessageType type, ReadOnlyMemory<byte> message);

    /// <summary>A message was so large that it had to be dropped.</summary>
    /// <param name="type">Text or binary.</param>
    /// <param name="begin">How it began.</param>
    void Skip(WebSocketMessageType type, ReadOnlyMemory<byte> begin);

    /// <summary>What was read last was carried out, or refused.</summary>
    void Done(ClientFrame frame);

    /// <summary>What is written next is of this conversation.</summary>
    void Follow(string conversation);

    /// <summary>Frames what is sent: an event as <see cref="EventJson"/> writes it, sound, or what the framing itself has queued.</summary>
    FramedMessage Write(ReadOnlyMemory<byte> frame, WebSocketMessageType type);
}

/// <summary>A framing's way to its connection.</summary>
internal interface IFramedLine
{
    /// <summary>The connection's name.</summary>
    string SessionId { get; }

    /// <summary>Sends what belongs to the framing alone, behind what waits already; never waits. It must not begin with a brace.</summary>
    void Queue(byte[] control);

    /// <summary>Ends the connection.</summary>
    void Close(WebSocketCloseStatus status, string reason);
}

/// <summary>What goes out for one frame.</summary>
/// <param name="Message">The message.</param>
/// <param name="Type">Its type.</param>
/// <param name="Attachment">A binary message that follows; may be empty.</param>
internal readonly record struct FramedMessage(ReadOnlyMemory<byte> Message, WebSocketMessageType Type, ReadOnlyMemory<byte> Attachment = default);

/// <summary>What a client is taken to want until it says otherwise.</summary>
/// <param name="Speech">How it is spoken to.</param>
/// <param name="RecordsWhole">Whether <c>start_recording</c> without a mode means that the sound comes in one piece with <c>stop_recording</c>.</param>
/// <param name="IsWelcomed">Whether it is greeted once it has signed in with a PIN.</param>
/// <param name="SignInTime">How long it may stay without saying who it is.</param>
internal sealed record ClientDefaults(SpeechForm Speech, bool RecordsWhole, bool IsWelcomed, TimeSpan SignInTime)
{
    /// <summary>A client that knows <c>docs/protocol.md</c>.</summary>
    public static readonly ClientDefaults Plain = new(SpeechForm.Frames, RecordsWhole: false, IsWelcomed: false, TimeSpan.FromSeconds(30));
}
