namespace Convonet.Tools;

/// <summary>The ledger takes nothing of this call here any more: its turn was left, because it goes on elsewhere or its conversation was deleted. That is no failure.</summary>
public class LedgerClosedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What has become of the turn.</param>
    public LedgerClosedException(string message)
        : base(message)
    {
    }
}
