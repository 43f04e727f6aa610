namespace Convonet.Conversations;

/// <summary>
/// Protections that a campaign switches off to see its checker go red: <c>CONVONET_UNPROTECTED</c> names one of <see cref="Names"/>. Without the variable all of them hold.
/// </summary>
internal static class Unprotected
{
    internal const string Variable = "CONVONET_UNPROTECTED";

    /// <summary>Those that there are.</summary>
    internal static readonly string[] Names = ["fence", "message_key", "replay", "take_up", "commit"];

    /// <summary>The protection that is off; null where all hold.</summary>
    public static readonly string? Off;

    /// <summary>An owner that was superseded may go on writing.</summary>
    public static readonly bool Fence;

    /// <summary>A message that is sent again is a new one.</summary>
    public static readonly bool MessageKey;

    /// <summary>Who resumes gets what comes from now on, and nothing of what was missed.</summary>
    public static readonly bool Replay;

    /// <summary>Turns that an owner left unfinished are not gone on with.</summary>
    public static readonly bool TakeUp;

    /// <summary>A message that could not be kept is acknowledged all the same.</summary>
    public static readonly bool Commit;

    static Unprotected()
    {
        var off = Environment.GetEnvironmentVariable(Variable);
        Off = string.IsNullOrEmpty(off) ? null : off;
        (Fence, MessageKey, Replay, TakeUp, Commit) = (off == "fence", off == "message_key", off == "replay", off == "take_up", off == "commit");
        if (Off is not null && !Names.Contains(Off))
        {
            throw new FormatException($"{Variable} must be {string.Join(", ", Names[..^1])} or {Names[^1]}.");
        }
    }

    /// <summary>The input as it is taken.</summary>
    public static UserInput Of(UserInput input) => MessageKey ? input with { ClientMsgId = $"{input.ClientMsgId}#{Guid.NewGuid():N}" } : input;
}
