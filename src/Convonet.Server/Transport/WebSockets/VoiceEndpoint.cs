using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Providers;
using Convonet.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>What a connection needs.</summary>
internal sealed record VoiceServices(
    IConversationDirectory Directory, ChatModels Models, TransportOptions Options, TimeProvider Time, ILoggerFactory LoggerFactory);

/// <summary>The door for clients on a plain WebSocket.</summary>
internal static class VoiceEndpoint
{
    /// <summary>Maps the WebSocket at <paramref name="path"/>.</summary>
    public static void MapVoice(this IEndpointRouteBuilder endpoints, string path) =>
        endpoints.MapGet(path, AcceptAsync).ExcludeFromDescription();

    private static async Task<IResult> AcceptAsync(
        HttpContext context, VoiceServices services, ConnectionBell bell, IHostApplicationLifetime lifetime)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            return TypedResults.Problem("This is a WebSocket address.", statusCode: StatusCodes.Status400BadRequest);
        }

        if (!OriginRule.Allows(context.Request, services.Options.AllowedOrigins))
        {
            return TypedResults.Problem("This page's origin is not allowed to connect.", statusCode: StatusCodes.Status403Forbidden);
        }

        if (ConvonetTelemetry.LiveSockets.Value >= services.Options.MaxConnections || lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return TypedResults.Problem("The server takes no more connections right now.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        context.Features.Get<IHttpActivityFeature>()?.Activity.SetTag("network.protocol.name", "websocket");
        bell.Ring();
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var connection = new VoiceConnection(socket, services);
        await connection.RunAsync(context.RequestAborted, lifetime.ApplicationStopping);
        return TypedResults.Empty;
    }
}
