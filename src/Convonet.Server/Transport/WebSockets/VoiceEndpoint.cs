using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Store;
using Convonet.Voice;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>What a connection needs.</summary>
internal sealed record VoiceServices(
    IConversationDirectory Directory, ChatModels Models, VoiceAccounts Accounts, VoiceEngines Voice, TransportOptions Options, TimeProvider Time, ILoggerFactory LoggerFactory, BetterElsewhere Elsewhere)
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

    private static async Task<IResult> AcceptAsync(HttpContext context, VoiceDoor door)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            return TypedResults.Problem("This is a WebSocket address.", statusCode: StatusCodes.Status400BadRequest);
        }

        var (refused, entered) = await door.TryEnterAsync(context);
        if (entered is null)
        {
            return refused!;
        }

        using (entered.Place)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            using var connection = new VoiceConnection(socket, new PlainFraming(door.Services.Options), door.Services, entered.Visitor, entered.Place);
            await connection.RunAsync(context.RequestAborted, door.Stopping);
        }

        return TypedResults.Empty;
    }
}
