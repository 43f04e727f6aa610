using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Accounts;
using Convonet.Server.Providers;
using Convonet.Server.Store;
using Microsoft.AspNetCore.Http.Features;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>What a connection needs.</summary>
internal sealed record VoiceServices(
    IConversationDirectory Directory, ChatModels Models, UserFeed Feed, TransportOptions Options, TimeProvider Time, ILoggerFactory LoggerFactory)
{
    private int _connections;

    /// <summary>Takes a place for a connection; false when there are too many already.</summary>
    public bool TryEnter()
    {
        // Counted before it is compared: of many that come at once, no two get the last place.
        if (Interlocked.Increment(ref _connections) <= Options.MaxConnections)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>Gives the place back.</summary>
    public void Leave() => Interlocked.Decrement(ref _connections);
}

/// <summary>The door for clients on a plain WebSocket.</summary>
internal static class VoiceEndpoint
{
    /// <summary>Maps the WebSocket at <paramref name="path"/>: GET as HTTP/1.1 opens it, CONNECT as HTTP/2 does.</summary>
    public static void MapVoice(this IEndpointRouteBuilder endpoints, string path) =>
        endpoints.MapMethods(path, [HttpMethods.Get, HttpMethods.Connect], AcceptAsync).ExcludeFromDescription();

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

        if (context.User.Identity?.IsAuthenticated != true)
        {
            return TypedResults.Problem("Sign in first.", statusCode: StatusCodes.Status401Unauthorized);
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested || !services.TryEnter())
        {
            return TypedResults.Problem("The server takes no more connections right now.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        try
        {
            context.Features.Get<IHttpActivityFeature>()?.Activity.SetTag("network.protocol.name", "websocket");
            bell.Ring();
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            using var connection = new VoiceConnection(socket, services, context.User.Id());
            await connection.RunAsync(context.RequestAborted, lifetime.ApplicationStopping);
        }
        finally
        {
            services.Leave();
        }

        return TypedResults.Empty;
    }
}
