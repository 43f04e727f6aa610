using System.Security.Cryptography;
using Convonet.Server.Accounts;
using Convonet.Server.Cluster;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Transport.SocketIo;

/// <summary>The connections of this process, and for a while those that broke: their clients come back as who they were, and go on where they were.</summary>
/// <remarks>
/// Newer clients name the connection by its <c>pid</c>, which nobody else knows. Older ones name nothing: they are known by a cookie of their browser, which
/// holds nothing but a random number, and only where there is no doubt which connection it was.
/// </remarks>
internal sealed class LostSessions(IOptions<SocketIoOptions> options, TimeProvider time, IConfiguration? configuration = null)
{
    /// <summary>Broken connections that are remembered; beyond it the oldest is forgotten.</summary>
    private const int MostLost = 10_000;

    /// <summary>How long a connection may take to show that it lives, when its client seems to have come back.</summary>
    private static readonly TimeSpan ProofTime = TimeSpan.FromSeconds(2);

    /// <summary>How long a connection that is given up may take to end.</summary>
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(5);

    /// <summary>Length of a secret, in characters.</summary>
    private const int SecretLength = 32;

    private readonly Lock _lock = new();
    private readonly List<Session> _sessions = [];

    /// <summary>All browsers' secrets of this process begin with it.</summary>
    private readonly string _stamp = RandomNumberGenerator.GetHexString(8, lowercase: true);
    private readonly bool _isCluster = configuration?.IsCluster() is true;
    private readonly long _began = time.GetTimestamp();

    /// <summary>A new secret.</summary>
    public static string NewSecret() => RandomNumberGenerator.GetHexString(SecretLength, lowercase: true);

    /// <summary>A new secret for a browser.</summary>
    public string NewBrowser() => _stamp + RandomNumberGenerator.GetHexString(SecretLength - _stamp.Length, lowercase: true);

    /// <summary>Whether what a browser shows is a secret that it keeps: one of this process, or of any node.</summary>
    public bool Keeps(string? browser) => browser?.Length == SecretLength && (_isCluster || browser.StartsWith(_stamp, StringComparison.Ordinal));

    /// <summary>Whether a page shows a secret of an earlier process, and this one is so young that the page may just have lost its connection to that. Of several nodes nobody knows.</summary>
    public bool IsLostWithItsServer(string? browser) => browser is not null && !_isCluster && !Keeps(browser) && time.GetElapsedTime(_began) < options.Value.RecoveryTime;

    /// <summary>The <c>pid</c> of a client that goes on with a connection of another process; a new one when it is none, or a connection here has it.</summary>
    public string Adopt(string? pid)
    {
        lock (_lock)
        {
            return pid?.Length == SecretLength && !_sessions.Exists(one => Same(one.Pid, pid)) ? pid : NewSecret();
        }
    }

    /// <summary>A connection begins.</summary>
    /// <param name="pid">Its secret.</param>
    /// <param name="browser">The secret of its browser.</param>
    /// <param name="answers">Whether its client answers within this time.</param>
    /// <param name="cut">Ends it.</param>
    public Session Begin(string pid, string browser, Func<TimeSpan, CancellationToken, Task<bool>> answers, Action cut)
    {
        var session = new Session(pid, browser, answers, cut);
        lock (_lock)
        {
            _sessions.Add(session);
        }

        return session;
    }

    /// <summary>A connection has ended.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="left">Where it was; null when nobody goes on with it.</param>
    public void End(Session session, Left? left)
    {
        lock (_lock)
        {
            session.Left = left;
            session.EndedAt = time.GetTimestamp();
            if (left is null)
            {
                _sessions.Remove(session);
            }
            else if (_sessions.Count(static one => one.Left is not null) > MostLost)
            {
                _sessions.Remove(_sessions.First(static one => one.Left is not null));
            }
        }

        session.Ended.TrySetResult();
    }

    /// <summary>Finds the connection that a client goes on with, which nobody else finds then.</summary>
    /// <param name="pid">As a newer client names it.</param>
    /// <param name="browser">The secret of its browser; null when it has none.</param>
    /// <param name="user">Who the client is, if that is known; it is nobody else's connection then.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(string Pid, Left Left)?> FindAsync(string? pid, string? browser, Guid? user, CancellationToken cancellationToken)
    {
        var found = Find(pid, browser);
        foreach (var session in found.Where(static one => !one.Ended.Task.IsCompleted))
        {
            // Its client may have noticed before us that it broke. Whoever knows the pid says so.
            if (pid is not null || !await session.Answers(ProofTime, cancellationToken))
            {
                session.Cut();
                await Task.WhenAny(session.Ended.Task, Task.Delay(EndTime, time, cancellationToken));
            }
        }

        lock (_lock)
        {
            var lost = found.Where(one => _sessions.Contains(one) && one.Left is { } end && (pid is not null || end.IsBroken) && time.GetElapsedTime(one.EndedAt) < options.Value.RecoveryTime).ToArray();
            if (lost is not [{ Left: { } left } only] || (user is not null && user != left.SignIn.User))
            {
                return null;
            }

            _sessions.Remove(only);
            return (only.Pid, left);
        }
    }

    private Session[] Find(string? pid, string? browser)
    {
        lock (_lock)
        {
            _sessions.RemoveAll(one => one.Left is not null && time.GetElapsedTime(one.EndedAt) >= options.Value.RecoveryTime);
            return [.. _sessions.Where(one => pid is not null ? Same(one.Pid, pid) : browser is not null && Same(one.Browser, browser))];
        }
    }

    private static bool Same(string secret, string said) => secret.Length == said.Length && CryptographicOperations.FixedTimeEquals(Bytes(secret), Bytes(said));

    private static ReadOnlySpan<byte> Bytes(string text) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan());

    /// <summary>A connection, open or broken.</summary>
    internal sealed class Session(string pid, string browser, Func<TimeSpan, CancellationToken, Task<bool>> answers, Action cut)
    {
        public string Pid => pid;

        public string Browser => browser;

        public Func<TimeSpan, CancellationToken, Task<bool>> Answers => answers;

        public Action Cut => cut;

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Left? Left { get; set; }

        public long EndedAt { get; set; }
    }

    /// <summary>Where a connection was when it broke.</summary>
    /// <param name="SignIn">Who was signed in.</param>
    /// <param name="Conversation">What it followed; null when that had not begun.</param>
    /// <param name="Offset">What its client is known to have of it.</param>
    /// <param name="IsBroken">Whether its client said no goodbye: a page that was loaded anew does, and is not known by its browser then.</param>
    internal sealed record Left(SignIn SignIn, string? Conversation, SocketIoOffset Offset, bool IsBroken);
}
