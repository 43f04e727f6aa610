namespace Convonet.Speech.Recognition;

/// <summary>Audio was refused, or an engine failed. Its message holds no key and no user's words.</summary>
public sealed class RecognitionException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="kind">What kind of failure.</param>
    /// <param name="message">For logs; that of <see cref="RecognitionErrorKind.BadAudio"/> and <see cref="RecognitionErrorKind.NotInstalled"/> may be shown.</param>
    /// <param name="innerException">The library's own exception.</param>
    public RecognitionException(RecognitionErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>What kind of failure it is.</summary>
    public RecognitionErrorKind Kind { get; }
}

/// <summary>Kinds of failure, by what can be done about them.</summary>
public enum RecognitionErrorKind
{
    /// <summary>Not audio of the agreed form: empty, half a sample, too long. The sender is at fault, and the session goes on.</summary>
    BadAudio,

    /// <summary>A program or a file of the engine is missing on this machine; the message says what to install.</summary>
    NotInstalled,

    /// <summary>The key is missing, wrong or not allowed to use the model.</summary>
    Unauthorized,

    /// <summary>The engine does not accept the request; asking again would not help.</summary>
    InvalidRequest,

    /// <summary>The engine cannot be reached, or the connection broke too often.</summary>
    Unreachable,

    /// <summary>The engine is too far behind.</summary>
    Overloaded,

    /// <summary>The engine failed, did not answer in time, or sent something that is not its protocol.</summary>
    Failed,
}
