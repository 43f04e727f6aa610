using System.Net;
using System.Net.WebSockets;

namespace Convonet.Client;

/// <summary>How a client connects.</summary>
public sealed record ConvonetClientOptions
{
    /// <summary>HTTP's 425, which the framework has no name for.</summary>
    private const int TooEarly = 425;

    /// <summary>The server's WebSocket, as <c>ws://localhost:5080/voice</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>Gives the access token for each connection (<c>POST /api/account/token</c>); null, or a null from it, for none.</summary>
    public Func<CancellationToken, ValueTask<string?>>? AccessToken { get; init; }

    /// <summary>The PIN to sign in with, where the server asks who it is.</summary>
    public string? Pin { get; init; }

    /// <summary>Whose PIN it is: user name or e-mail address. Null where one account alone has one.</summary>
    public string? User { get; init; }

    /// <summary>Where the session is kept, and found again by the next client; null: it ends with this one.</summary>
    public ISessionStore? Store { get; init; }

    /// <summary>Whether what a <see cref="Convonet.Conversations.SessionEvent.Snapshot"/> shows of an answer and no event told comes as events behind it, its end too; true unless set. False is for who shows snapshots.</summary>
    public bool FillsIn { get; init; } = true;

    /// <summary>How many events wait to be read, at least 1; 1,024 unless set. When it is full nothing more is taken from the server until one is read.</summary>
    public int EventBuffer { get; init; } = 1024;

    /// <summary>How many messages may wait to be accepted, at least 1; 100 unless set.</summary>
    public int MaxUnaccepted { get; init; } = 100;

    /// <summary>The largest message that is taken from the server, in bytes; 16 MB unless set. An answer as one recording has up to 12 MB.</summary>
    public int MaxMessageBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Opens a WebSocket to the address, with an access token or null; unless set, a <see cref="ClientWebSocket"/> that notices a dead network within 20 s.</summary>
    public Func<Uri, string?, CancellationToken, Task<WebSocket>> OpenAsync { get; init; } = OpenSocketAsync;

    /// <summary>Between 0 and 1; by it waits differ from client to client.</summary>
    internal Func<double> Random { get; init; } = System.Random.Shared.NextDouble;

    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    internal ConvonetClientOptions Checked()
    {
        ArgumentNullException.ThrowIfNull(Address);
        ArgumentOutOfRangeException.ThrowIfLessThan(EventBuffer, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxUnaccepted, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxMessageBytes, 64 * 1024);
        return Address is { IsAbsoluteUri: true, Scheme: "ws" or "wss" } ? this : throw new ArgumentException($"'{Address}' is no address of a WebSocket: it begins with ws:// or wss://.", nameof(Address));
    }

    private static async Task<WebSocket> OpenSocketAsync(Uri address, string? accessToken, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.CollectHttpResponseDetails = true;
            (socket.Options.KeepAliveInterval, socket.Options.KeepAliveTimeout) = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
            if (accessToken is not null)
            {
                socket.Options.SetRequestHeader("Authorization", $"Bearer {accessToken}");
            }

            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch (WebSocketException error) when (socket.HttpStatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            socket.Dispose();
            throw new ConvonetException($"The server refuses this client ({(int)socket.HttpStatusCode}): give it an access token that holds, or a PIN.", error);
        }
        catch (WebSocketException error) when (IsLasting(socket.HttpStatusCode))
        {
            socket.Dispose();
            throw new ConvonetException($"There is no Convonet server at {address.GetLeftPart(UriPartial.Path)}: HTTP {(int)socket.HttpStatusCode} was the answer, and no WebSocket. The path is usually /voice.", error) { IsOfAddress = true };
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether it would be the same the next time: not of a server that is busy, starts or stops, and none of a network.</summary>
    private static bool IsLasting(HttpStatusCode status) =>
        (int)status is >= 200 and < 500 and not ((int)HttpStatusCode.RequestTimeout or TooEarly or (int)HttpStatusCode.TooManyRequests);
}
