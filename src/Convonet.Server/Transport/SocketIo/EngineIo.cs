using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Convonet.Server.Transport.SocketIo;

/// <summary>The layer below Socket.IO: Engine.IO, revision 4, over WebSocket alone.</summary>
/// <remarks><see href="https://github.com/socketio/engine.io-protocol"/>.</remarks>
internal static class EngineIo
{
    public const byte Close = (byte)'1';
    public const byte Ping = (byte)'2';
    public const byte Pong = (byte)'3';
    public const byte Message = (byte)'4';

    /// <summary>Whether an HTTP request opens a session; else the protocol's own error.</summary>
    public static IResult? Refuse(HttpContext context)
    {
        var (query, method) = (context.Request.Query, context.Request.Method);
        return query["transport"] != "websocket" ? Error(0, "Transport unknown")
            : !string.IsNullOrEmpty(query["sid"]) ? Error(1, "Session ID unknown")
            : !HttpMethods.IsGet(method) && !HttpMethods.IsConnect(method) ? Error(2, "Bad handshake method")
            : query["EIO"] != "4" ? Error(5, "Unsupported protocol version")
            : !context.WebSockets.IsWebSocketRequest ? Error(3, "Bad request")
            : null;
    }

    /// <summary>The first packet of a session.</summary>
    public static byte[] Open(string sid, SocketIoOptions options) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$"""0{"sid":"{{sid}}","upgrades":[],"pingInterval":{{options.PingInterval.TotalMilliseconds:0}},"pingTimeout":{{options.PingTimeout.TotalMilliseconds:0}},"maxPayload":{{options.MaxPayload}}}"""));

    private static ContentHttpResult Error(int code, string message) =>
        TypedResults.Text($$"""{"code":{{code}},"message":"{{message}}"}""", "application/json", Encoding.UTF8, StatusCodes.Status400BadRequest);
}
