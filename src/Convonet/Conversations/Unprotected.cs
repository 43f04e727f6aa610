namespace Convonet.Conversations;

/// <summary>
/// Protections that a campaign switches off to see its checker go red: <c>CONVONET_UNPROTECTED=fence</c> or <c>message_key</c>. Without the variable all of them hold.
/// </summary>
internal static class Unprotected
{
    private const string Variable = "CONVONET_UNPROTECTED";

    /// <summary>An owner that was superseded may go on writing.</summary>
    public static readonly bool Fence;

    /// <summary>A message that is sent again is a new one.</summary>
    public static readonly bool MessageKey;

    static Unprotected()
    {
        var off = Environment.GetEnvironmentVariable(Variable);
        (Fence, MessageKey) = (off == "fence", off == "message_key");
        if (!string.IsNullOrEmpty(off) && !Fence && !MessageKey)
        {
            throw new FormatException($"{Variable} must be fence or message_key.");
        }
    }

    /// <summary>The input as it is taken.</summary>
    public static UserInput Of(UserInput input) => MessageKey ? input with { ClientMsgId = $"{input.ClientMsgId}#{Guid.NewGuid():N}" } : input;
}
