namespace Convonet.Client;

/// <summary>The server does not let this client in, or there is none at its address, so that trying again is of no use.</summary>
public sealed class ConvonetException : Exception
{
    /// <summary>Whether it is an answer to the address: no lasting one once the client was connected there.</summary>
    internal bool IsOfAddress { get; init; }

    /// <summary>Makes one.</summary>
    /// <param name="message">What to do about it.</param>
    /// <param name="inner">What happened.</param>
    public ConvonetException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
