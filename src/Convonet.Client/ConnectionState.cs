namespace Convonet.Client;

/// <summary>How it stands with the connection.</summary>
public enum ConnectionState
{
    /// <summary>There is none, and none will be made: it was not asked for yet, or the client was closed.</summary>
    Closed,

    /// <summary>One is being made.</summary>
    Connecting,

    /// <summary>There is one, and what was missed is asked for.</summary>
    Resuming,

    /// <summary>What is said arrives.</summary>
    Online,

    /// <summary>There is none just now; another try follows.</summary>
    Waiting,
}

/// <summary>A change of the connection.</summary>
/// <param name="State">How it stands now.</param>
/// <param name="RetryIn">When <see cref="ConnectionState.Waiting"/>: how long until the next try.</param>
/// <param name="Error">Why it ended, when something failed.</param>
public sealed record ConnectionStatus(ConnectionState State, TimeSpan? RetryIn = null, Exception? Error = null);
