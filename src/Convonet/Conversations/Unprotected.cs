namespace Convonet.Conversations;

/// <summary>
/// Protections that a campaign switches off to see its checker go red: <c>CONVONET_UNPROTECTED=fence</c> or <c>message_key</c>. Without the variable all of them hold.
/// </summary>
internal static class Unprotected
{
    internal const string Variable = "CONVONET_UNPROTECTED";

    /// <summary>The protection that is off; null where all hold.</summary>
    public static readonly string? Off;

    /// <summary>An owner that was superseded may go on writing.</summary>
    public static readonly bool Fence;

    /// <summary>A message that is sent again is a new one.</summary>
    public static readonly bool MessageKey;

    static Unprotected()
    {
        var off = Environment.GetEnvironmentVariable(Variable);
        (Off, Fence, MessageKey) = (string.IsNullOrEmpty(off) ? null : off, off == "fence", off == "message_key");
        if (Off is not null && !Fence && !MessageKey)
        {
            throw new FormatException($"{Variable} must be fence or message_key.");
        }
    }

    /// <summary>The input as it is taken.</summary>
    public static UserInput Of(UserInput input) => MessageKey ? input with { ClientMsgId = $"{input.ClientMsgId}#{Guid.NewGuid():N}" } : input;
}
