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
}
