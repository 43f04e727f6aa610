using System.Net.WebSockets;
using Convonet.Conversations;
using Convonet.Server.Accounts;
using Convonet.Server.Reminders;
using Convonet.Server.Store;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>Whom the connection serves.</summary>
internal sealed partial class VoiceConnection
{
    private SignIn? _signIn;
    private ITimer? _signInLimit;
    private IDisposable? _place;
    private IDisposable? _feed;

    /// <summary>Whether it is known whom this connection serves.</summary>
    public bool IsSignedIn => _signIn is not null;

    /// <summary>Who is signed in; null when nobody is.</summary>
    public SignIn? SignIn => _signIn;

    /// <summary>Whom this connection serves: every conversation that it starts or finds is this user's.</summary>
    private Guid UserId => _signIn?.User ?? throw new InvalidOperationException("Nobody is signed in; only authenticate is carried out then.");

    /// <summary>The client of the handshake comes in, or gets a while to say who it is.</summary>
    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (_signIn is { } signIn)
        {
            await CheckAsync(signIn, cancellationToken);
            await GoOnAsync(cancellationToken);
        }
        else
        {
            _signInLimit = _services.Time.CreateTimer(
                _ => Close(WebSocketCloseStatus.PolicyViolation, "Nobody signed in."), null, _framing.Defaults.SignInTime, Timeout.InfiniteTimeSpan);
        }

        if (_visitor.Notice is { } notice)
        {
            Send(notice);
        }
    }

    /// <summary>Follows what the client had, if that is this user's.</summary>
    private Task GoOnAsync(CancellationToken cancellationToken) =>
        _visitor.Resumes is { } resumes && !_closing.Task.IsCompleted ? HandleAsync(resumes, cancellationToken) : Task.CompletedTask;

    /// <summary>Serves a user from now on, until the sign-in ends. <see cref="CheckAsync"/> has to follow.</summary>
    private void Enter(SignIn signIn)
    {
        _signIn = signIn;
        _place = _services.Accounts.Connections.Enter(signIn, SignOut);
        _feed = FollowUser();
    }

    private async Task CheckAsync(SignIn signIn, CancellationToken cancellationToken)
    {
        // It may have ended after it was looked up and before its connection was known; from there on somebody tells us.
        if ((await _services.Accounts.SignIns.EndedAmongAsync([signIn], cancellationToken)).Count > 0)
        {
            SignOut();
            return;
        }

        // What was due while nobody was there to be told.
        await _services.Accounts.Reminders.TellDueAsync(signIn.User, cancellationToken);
    }

    private void SignOut() => Close(WebSocketCloseStatus.PolicyViolation, "You are signed out.");

    /// <summary>Signs in by PIN. A connection that is signed in already stays that user's, whatever is said.</summary>
    private async Task AuthenticateAsync(ClientFrame.Authenticate said, CancellationToken cancellationToken)
    {
        var attempt = new PinAttempt(said.User, said.Pin, _sessionId, _visitor.Address);
        var (outcome, user) = await _services.Accounts.Pins.FindAsync(attempt, _signIn?.User, cancellationToken);
        if (user is null)
        {
            Send(new SessionEvent.Authenticated(false, null, WhyNot(outcome)));
            return;
        }

        var isFirst = _signIn is null;
        if (isFirst)
        {
            if (!_placeOfConnection.TryBecome(user.Id))
            {
                Send(new SessionEvent.Authenticated(false, null, "You have too many open connections."));
                Close(WebSocketCloseStatus.PolicyViolation, "Too many open connections.");
                return;
            }

            _signInLimit?.Dispose();
            var signIn = Accounts.SignIn.OfPin(user);
            Enter(signIn);
            await CheckAsync(signIn, cancellationToken);
        }

        Send(new SessionEvent.Authenticated(true, user.Name, $"Welcome back, {user.Name}!"));
        if (_visitor.Resumes is null)
        {
            Welcome(user.Name);
        }
        else if (isFirst)
        {
            await GoOnAsync(cancellationToken);
        }
    }

    /// <summary>Why a PIN has not signed somebody in, for people.</summary>
    public static string WhyNot(PinOutcome outcome) => outcome == PinOutcome.TooManyTries ? "Too many tries. Please wait a minute." : "Invalid PIN. Please try again.";

    private void Leave()
    {
        _signInLimit?.Dispose();
        _place?.Dispose();
        _feed?.Dispose();
    }
}

/// <summary>Who opens a connection.</summary>
/// <param name="SignIn">Null when that is not known yet.</param>
/// <param name="Address">Where they come from, as far as limits go.</param>
/// <param name="Resumes">What they go on with once it is known who they are: it is known from the connection that they lost, or they say so.</param>
/// <param name="Notice">What they are told first.</param>
internal sealed record Visitor(SignIn? SignIn, string Address, ClientFrame.Resume? Resumes = null, SessionEvent? Notice = null);

/// <summary>What connections need to serve somebody.</summary>
internal sealed record VoiceAccounts(VoicePin Pins, SignIns SignIns, OpenConnections Connections, UserFeed Feed, ReminderClock Reminders);
