namespace Convonet.Client;

/// <summary>The server does not let this client in, so that trying again is of no use.</summary>
public sealed class ConvonetException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">What to do about it.</param>
    /// <param name="inner">What happened.</param>
    public ConvonetException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
