using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Accounts;
using Convonet.Server.Providers;
using Convonet.Server.Store;
using Convonet.Voice;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>What a connection needs.</summary>
internal sealed record VoiceServices(
    IConversationDirectory Directory, ChatModels Models, VoiceAccounts Accounts, VoiceEngines Voice, TransportOptions Options, TimeProvider Time, ILoggerFactory LoggerFactory)
{
    /// <summary>Tells of the users' things.</summary>
    public UserFeed Feed => Accounts.Feed;

    /// <summary>The places for connections.</summary>
    public ConnectionPlaces Places { get; } = new(Options);

    /// <summary>The places for large frames.</summary>
    public LargeFrames LargeFrames { get; } = new(Options.MaxLargeFrames, Time);
}

/// <summary>The door for clients on a plain WebSocket.</summary>
internal static class VoiceEndpoint
{
    /// <summary>Maps the WebSocket at <paramref name="path"/>: GET as HTTP/1.1 opens it, CONNECT as HTTP/2 does.</summary>
    public static void MapVoice(this IEndpointRouteBuilder endpoints, string path) =>
        endpoints.MapMethods(path, [HttpMethods.Get, HttpMethods.Connect], AcceptAsync).ExcludeFromDescription();

    private static async Task<IResult> AcceptAsync(
        HttpContext context, VoiceServices services, ConnectionBell bell, LocalOwner localOwner, IHostApplicationLifetime lifetime)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            return TypedResults.Problem("This is a WebSocket address.", statusCode: StatusCodes.Status400BadRequest);
        }

        if (!OriginRule.Allows(context.Request, services.Options.AllowedOrigins))
        {
            return TypedResults.Problem("This page's origin is not allowed to connect.", statusCode: StatusCodes.Status403Forbidden);
        }

        var visitor = new Visitor(context.User.SignIn(), ClientAddress.Of(context));
        if (visitor.SignIn is null && !await MayAuthenticateAsync(context, localOwner))
        {
            return TypedResults.Problem("Sign in first.", statusCode: StatusCodes.Status401Unauthorized);
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested || services.Places.TryEnter(visitor.Address, visitor.SignIn?.User) is not { } found)
        {
            return TypedResults.Problem("The server takes no more connections right now.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        using (var place = found)
        {
            context.Features.Get<IHttpActivityFeature>()?.Activity.SetTag("network.protocol.name", "websocket");
            bell.Ring();
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            using var connection = new VoiceConnection(socket, services, visitor, place);
            await connection.RunAsync(context.RequestAborted, lifetime.ApplicationStopping);
        }

        return TypedResults.Empty;
    }

    /// <summary>
    /// Whether a client that shows nothing may say who it is once it is connected. One that shows what does not hold may not, and where the
    /// local owner is let in, nobody else comes in this way.
    /// </summary>
    private static async Task<bool> MayAuthenticateAsync(HttpContext context, LocalOwner localOwner) =>
        (await context.AuthenticateAsync()).None && !await localOwner.IsLetInAsync(context.RequestAborted);
}
