using Convonet.Server.Accounts;
using Convonet.Server.Providers;
using Convonet.Server.Transport.WebSockets;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;

namespace Convonet.Server.Transport;

/// <summary>Whom the server takes as a client: the same for all framings.</summary>
internal sealed class VoiceDoor(VoiceServices services, ConnectionBell bell, LocalOwner localOwner, IHostApplicationLifetime lifetime)
{
    /// <summary>What connections need.</summary>
    public VoiceServices Services => services;

    /// <summary>The server stops.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;

    /// <summary>Takes a place for whoever sends this request, before its WebSocket is opened.</summary>
    /// <returns>The place, which the caller disposes; or why there is none.</returns>
    public async Task<(IResult? Refused, Entered? Entered)> TryEnterAsync(HttpContext context)
    {
        if (!OriginRule.Allows(context.Request, services.Options.AllowedOrigins))
        {
            return (TypedResults.Problem("This page's origin is not allowed to connect.", statusCode: StatusCodes.Status403Forbidden), null);
        }

        var visitor = new Visitor(context.User.SignIn(), ClientAddress.Of(context));
        if (visitor.SignIn is null && !await MayAuthenticateAsync(context))
        {
            return (TypedResults.Problem(context.Request.Headers.Authorization.Count > 0 ? Door.WrongToken : "Sign in first.", statusCode: StatusCodes.Status401Unauthorized), null);
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested || services.Places.TryEnter(visitor.Address, visitor.SignIn?.User) is not { } place)
        {
            return (TypedResults.Problem("The server takes no more connections right now.", statusCode: StatusCodes.Status503ServiceUnavailable), null);
        }

        context.Features.Get<IHttpActivityFeature>()?.Activity.SetTag("network.protocol.name", "websocket");
        bell.Ring();
        return (null, new Entered(visitor, place));
    }

    /// <summary>
    /// Whether a client that shows nothing may say who it is once it is connected. One that shows what does not hold may not, and where the
    /// local owner is let in, nobody else comes in this way.
    /// </summary>
    private async Task<bool> MayAuthenticateAsync(HttpContext context) =>
        (await context.AuthenticateAsync()).None && !await localOwner.IsLetInAsync(context.RequestAborted);
}

/// <summary>Who has come in, and the place that they have.</summary>
internal sealed record Entered(Visitor Visitor, ConnectionPlaces.Place Place);
