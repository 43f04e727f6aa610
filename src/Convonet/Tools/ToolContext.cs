namespace Convonet.Tools;

/// <summary>What a running tool knows of the call it serves, and how it tells the user that it is getting on.</summary>
/// <param name="call">The call.</param>
/// <param name="conversation">Id of the conversation.</param>
/// <param name="turn">Number of the turn in its conversation, from 1.</param>
/// <param name="report">Takes progress messages.</param>
public sealed class ToolContext(ToolCall call, string conversation, int turn, Action<string>? report = null)
{
    /// <summary>The call that is served.</summary>
    public ToolCall Call { get; } = call;

    /// <summary>Names the call for good; ids that the tool gives out derive from it.</summary>
    public CallKey Key { get; init; }

    /// <summary>Id of the user whom the tool acts for. It comes from the connection, never from the model.</summary>
    public string UserId => Key.User;

    /// <summary>Id of the conversation that the call belongs to.</summary>
    public string Conversation { get; } = conversation;

    /// <summary>Number of the turn in its conversation, from 1.</summary>
    public int Turn { get; } = turn;

    /// <summary>The application's services; null when the runner was given none. Set by the runner.</summary>
    public IServiceProvider? Services { get; internal set; }

    /// <summary>Where what came of the call is recorded; null where nothing is recorded.</summary>
    public IToolLedger? Ledger { internal get; init; }

    /// <summary>Shows a short message beside the running call. Messages after the call has ended are dropped.</summary>
    public void ReportProgress(string message) => report?.Invoke(message);
}
