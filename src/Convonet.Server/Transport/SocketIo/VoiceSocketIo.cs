using System.Net.WebSockets;
using System.Text.Json;
using Convonet.Conversations;
using Convonet.Server.Accounts;
using Convonet.Server.Transport.WebSockets;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Transport.SocketIo;

/// <summary>Conversations over Socket.IO: the same connections as on a plain WebSocket, in another framing.</summary>
internal static class VoiceSocketIo
{
    private const string BrowserCookie = "convonet.io";

    /// <summary>It frees the button of a page that waits for an answer which will not come.</summary>
    private static readonly SessionEvent.Refused Restarted = new("restarted", "The server was restarted. Please load this page again, and say that once more.");

    /// <summary>Serves a client of the namespace.</summary>
    public static async Task<IResult> AcceptAsync(SocketIoRequest request)
    {
        var context = request.Context;
        var door = context.RequestServices.GetRequiredService<VoiceDoor>();
        var (refused, entered) = await door.TryEnterAsync(context);
        if (entered is null)
        {
            return refused!;
        }

        using (entered.Place)
        {
            var sessions = context.RequestServices.GetRequiredService<LostSessions>();
            var shown = context.Request.Cookies[BrowserCookie];
            var known = sessions.Keeps(shown) ? shown : null;
            var browser = known ?? sessions.NewBrowser();
            if (known is null)
            {
                context.Response.Cookies.Append(BrowserCookie, browser, new CookieOptions
                {
                    HttpOnly = true,
                    SameSite = SameSiteMode.Strict,
                    Secure = context.Request.IsHttps,
                    Path = SocketIoEndpoint.Path,
                });
            }

            if (await request.AcceptAsync(door.Stopping) is var (socket, auth))
            {
                using (socket)
                {
                    await ServeAsync(request, door, sessions, new Client(socket, auth, known, browser, sessions.IsLostWithItsServer(shown)), entered);
                }
            }
        }

        return TypedResults.Empty;
    }

    private static async Task ServeAsync(SocketIoRequest request, VoiceDoor door, LostSessions sessions, Client client, Entered entered)
    {
        var (context, visitor) = (request.Context, entered.Visitor);
        var (wrong, shown) = await ReadSignInAsync(context, door, client.Auth, visitor);
        if (wrong is not null)
        {
            await request.RefuseAsync(client.Socket, wrong);
            return;
        }

        var found = await sessions.FindAsync(TextOf(client.Auth, "pid"), client.Known, shown?.User, context.RequestAborted);
        shown ??= found?.Left.SignIn;
        if (shown is not null && !entered.Place.TryBecome(shown.User))
        {
            await request.RefuseAsync(client.Socket, "You have too many open connections.");
            return;
        }

        var resume = ResumeOf(found?.Left, client.Auth);

        // The same pid tells the client that it misses nothing; who gets a snapshot is told another one.
        var isWhole = resume is null ? found is not null : shown is not null && await BringsAllAsync(door, shown.User, resume, context.RequestAborted);
        var pid = isWhole ? found?.Pid ?? sessions.Adopt(TextOf(client.Auth, "pid")) : LostSessions.NewSecret();
        visitor = visitor with { SignIn = shown, Resumes = resume, Notice = shown is null && resume is null && found is null && client.IsLostWithItsServer ? Restarted : null };
        using var framing = new SocketIoFraming(request, pid, resume is null ? default : new(resume.Epoch, resume.After), door.Services.Options, door.Services.Time);
        using var connection = new VoiceConnection(client.Socket, framing, door.Services, visitor, entered.Place);
        var session = sessions.Begin(pid, client.Browser, (within, token) => framing.Heart?.AnswersAsync(within, token) ?? Task.FromResult(true), client.Socket.Abort);
        LostSessions.Left? left = null;
        try
        {
            await connection.RunAsync(context.RequestAborted, door.Stopping);
            left = connection.SignIn is { } signIn && !framing.IsLeft ? new(signIn, connection.Followed, framing.Heart?.Confirmed ?? default, IsBroken: !connection.IsLeft) : null;
        }
        finally
        {
            sessions.End(session, left);
        }
    }

    /// <summary>Who a client says it is as it connects: by a token, or by a PIN. A client that is signed in already need not.</summary>
    private static async Task<(string? Wrong, SignIn? SignIn)> ReadSignInAsync(HttpContext context, VoiceDoor door, JsonElement auth, Visitor visitor)
    {
        if (visitor.SignIn is not null)
        {
            return (null, visitor.SignIn);
        }

        if (TextOf(auth, "token") is { } token)
        {
            var tokens = context.RequestServices.GetRequiredService<IOptionsMonitor<BearerTokenOptions>>().Get(IdentityConstants.BearerScheme);
            return tokens.BearerTokenProtector.Unprotect(token) is { } ticket && ticket.Properties.ExpiresUtc > door.Services.Time.GetUtcNow()
                && await door.Services.Accounts.SignIns.ReadAsync(ticket.Principal, context.RequestAborted) is { } signIn
                ? (null, signIn)
                : (Door.WrongToken, null);
        }

        if (TextOf(auth, "pin") is { Length: <= 64 } pin)
        {
            var attempt = new PinAttempt(TextOf(auth, "user"), pin, context.Connection.Id, visitor.Address);
            var (outcome, user) = await door.Services.Accounts.Pins.FindAsync(attempt, null, context.RequestAborted);
            return user is not null ? (null, SignIn.OfPin(user)) : (VoiceConnection.WhyNot(outcome), null);
        }

        return (null, null);
    }

    /// <summary>From where on the client goes on: what it says that it has, or else what it is known to have.</summary>
    private static ClientFrame.Resume? ResumeOf(LostSessions.Left? left, JsonElement auth)
    {
        var said = TextOf(auth, "offset") is { Length: > 0 } text ? SocketIoOffset.Read(text) : (left?.Offset ?? default, null);
        if (left?.Conversation is { } followed && said.Conversation is { } other && other != followed)
        {
            // It went on to another one, of which no event had come yet: its offset is of the one before.
            return new ClientFrame.Resume(followed, left.Offset.Seq, left.Offset.Epoch);
        }

        return (left?.Conversation ?? said.Conversation) is { } conversation ? new ClientFrame.Resume(conversation, said.Offset.Seq, said.Offset.Epoch) : null;
    }

    /// <summary>Whether the client gets event by event what it misses, and not a snapshot.</summary>
    private static async Task<bool> BringsAllAsync(VoiceDoor door, Guid user, ClientFrame.Resume resume, CancellationToken cancellationToken)
    {
        try
        {
            return await door.Services.Directory.FindAsync(resume.Conversation, user.ToString(), cancellationToken) is { } conversation
                && conversation.Events.Epoch == resume.Epoch && conversation.Events.Reaches(resume.After);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The border: whatever keeps it from being looked at now, the client is told of it when it resumes, and gets a snapshot.
            return false;
        }
    }

    private static string? TextOf(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A client that has connected.</summary>
    /// <param name="Socket">Its socket.</param>
    /// <param name="Auth">What it says of itself.</param>
    /// <param name="Known">The cookie that it showed.</param>
    /// <param name="Browser">The one that it has now.</param>
    /// <param name="IsLostWithItsServer">Whether it may have lost its connection to an earlier process.</param>
    private sealed record Client(WebSocket Socket, JsonElement Auth, string? Known, string Browser, bool IsLostWithItsServer);
}
