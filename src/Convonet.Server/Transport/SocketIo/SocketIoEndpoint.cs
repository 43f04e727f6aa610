using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Transport.SocketIo;

/// <summary>The door for clients that speak Socket.IO.</summary>
internal static class SocketIoEndpoint
{
    /// <summary>The path that all of them use.</summary>
    public const string Path = "/socket.io";

    /// <summary>Maps a namespace. There is one in an application.</summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="space">The namespace, with its slash.</param>
    /// <param name="serve">Serves a client: refuses the request, or accepts it and returns when the client has left.</param>
    public static void MapSocketIo(this IEndpointRouteBuilder endpoints, string space, Func<SocketIoRequest, Task<IResult>> serve) =>
        endpoints.Map(
            Path,
            (HttpContext context, IOptions<SocketIoOptions> options, TimeProvider time) =>
                EngineIo.Refuse(context) is { } refused ? Task.FromResult(refused) : serve(new SocketIoRequest(context, space, options.Value, time)))
        .ExcludeFromDescription();
}

/// <summary>Somebody wants to open a session.</summary>
internal sealed class SocketIoRequest(HttpContext context, string space, SocketIoOptions options, TimeProvider time)
{
    /// <summary>The most bytes of a packet that connects to a namespace.</summary>
    private const int LargestConnect = 16 * 1024;

    private const int MostTries = 10;
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The request.</summary>
    public HttpContext Context => context;

    /// <summary>The namespace that is served.</summary>
    public string Namespace => space;

    /// <summary>The settings.</summary>
    public SocketIoOptions Options => options;

    /// <summary>Opens the session, and waits until the client connects to the namespace.</summary>
    /// <returns>The socket, and what the client says of itself; null when it has not connected, and is gone.</returns>
    public async Task<(WebSocket Socket, JsonElement Auth)?> AcceptAsync(CancellationToken cancellationToken)
    {
        var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var limit = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken, context.RequestAborted);
        try
        {
            await SendAsync(socket, EngineIo.Open(RandomNumberGenerator.GetHexString(20, lowercase: true), options), either.Token);
            if (await ReadConnectAsync(socket, either.Token) is { } auth)
            {
                return (socket, auth);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException or IOException)
        {
            // The client is gone, or took too long.
        }

        await CloseAsync(socket, WebSocketCloseStatus.PolicyViolation, $"Connect to {space} first.");
        return null;
    }

    /// <summary>Tells a client that has connected why it may not, and ends the session.</summary>
    public async Task RefuseAsync(WebSocket socket, string why)
    {
        using var limit = new CancellationTokenSource(CloseTimeout, time);
        try
        {
            await SendAsync(socket, SocketIoPacket.ConnectError(space, why), limit.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException or IOException)
        {
            // Gone before it could be told.
        }

        await CloseAsync(socket, WebSocketCloseStatus.PolicyViolation, why);
    }

    /// <summary>Reads packets up to the one that connects to the namespace; others are told that there is no such namespace.</summary>
    /// <returns>What the client says of itself; null when it does anything else first.</returns>
    private async Task<JsonElement?> ReadConnectAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[LargestConnect];
        for (var tries = 0; tries < MostTries; tries++)
        {
            var length = 0;
            ValueWebSocketReceiveResult read;
            do
            {
                read = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                length += read.Count;
            }
            while (!read.EndOfMessage && length < buffer.Length && read.MessageType != WebSocketMessageType.Close);

            if (read.MessageType != WebSocketMessageType.Text || !read.EndOfMessage || length == 0 || buffer[0] != EngineIo.Message
                || !SocketIoPacket.TryParse(buffer.AsMemory(1, length - 1), out var packet) || packet.Type != SocketIoPacketType.Connect || !TryReadAuth(packet, out var auth))
            {
                return null;
            }

            if (packet.Namespace == space)
            {
                return auth;
            }

            await SendAsync(socket, SocketIoPacket.ConnectError(packet.Namespace, "Invalid namespace"), cancellationToken);
        }

        return null;
    }

    /// <summary>Reads what a client says of itself: nothing, or an object.</summary>
    private static bool TryReadAuth(SocketIoPacket packet, out JsonElement auth)
    {
        auth = default;
        if (packet.Payload.IsEmpty)
        {
            return true;
        }

        try
        {
            auth = JsonElement.Parse(packet.Payload.Span, new JsonDocumentOptions { MaxDepth = 16 });
            return auth.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ValueTask SendAsync(WebSocket socket, byte[] message, CancellationToken cancellationToken) =>
        socket.SendAsync(message.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    private async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status, string reason)
    {
        using var limit = new CancellationTokenSource(CloseTimeout, time);
        try
        {
            await socket.CloseAsync(status, reason, limit.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // It does not wait for a goodbye.
        }
        finally
        {
            socket.Dispose();
        }
    }
}
