namespace Convonet.Server.Transport;

/// <summary>Whether clients are served better by another node than by this one. Those that are here are told once each time that it begins, and nobody new is let in until it is over.</summary>
internal sealed class BetterElsewhere : IDisposable
{
    private CancellationTokenSource _begins = new();
    private volatile bool _isNow;

    /// <summary>Whether it is so now.</summary>
    public bool IsNow => _isNow;

    /// <summary>Cancelled when it begins; at once where it has begun.</summary>
    public CancellationToken Begins
    {
        get
        {
            // In this order: of a beginning between the two the one or the other knows.
            var begins = Volatile.Read(ref _begins).Token;
            return _isNow ? new CancellationToken(canceled: true) : begins;
        }
    }

    /// <summary>Says whether it is so. Called by one at a time.</summary>
    /// <returns>Whether it begins.</returns>
    public bool Set(bool isNow)
    {
        var begins = isNow && !_isNow;
        _isNow = isNow;
        if (begins)
        {
            // Not disposed: connections still let go of it.
            Interlocked.Exchange(ref _begins, new()).Cancel();
        }

        return begins;
    }

    public void Dispose() => _begins.Dispose();
}

/// <summary>Lets nobody new in where another node serves better.</summary>
internal static class BetterElsewhereDoor
{
    /// <summary>Before it is looked who comes, which may be in the store.</summary>
    public static void UseBetterElsewhere(this WebApplication app)
    {
        var elsewhere = app.Services.GetRequiredService<BetterElsewhere>();
        app.Use((context, next) => elsewhere.IsNow && context.WebSockets.IsWebSocketRequest
            ? TypedResults.Problem("This server does not reach its store; another one does.", statusCode: StatusCodes.Status503ServiceUnavailable).ExecuteAsync(context)
            : next(context));
    }
}
