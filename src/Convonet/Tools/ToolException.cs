namespace Convonet.Tools;

/// <summary>Thrown by a tool that cannot do what it was asked: its message is for the model, and so for the user.</summary>
public class ToolException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">One sentence that says what is wrong and, if possible, what to do.</param>
    public ToolException(string message)
        : base(message)
    {
    }

    /// <summary>Whether the tool may have taken effect all the same: the call ends as <see cref="ToolOutcome.Unknown"/>, not as an error that may be tried again.</summary>
    public bool MayHaveTakenEffect { get; init; }

    internal ToolOutcome Outcome => MayHaveTakenEffect ? ToolOutcome.Unknown : ToolOutcome.Error;
}
