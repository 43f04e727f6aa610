namespace Convonet.Speech;

/// <summary>An engine that speaks refused, failed or broke off. Its message is for logs: it holds no key and no words of the text.</summary>
public sealed class SpeechException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="kind">What kind of failure.</param>
    /// <param name="message">For logs.</param>
    /// <param name="innerException">The library's own exception.</param>
    public SpeechException(SpeechErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>What kind of failure it is.</summary>
    public SpeechErrorKind Kind { get; }

    /// <summary>The kind of failure that an HTTP status means, the same for every provider.</summary>
    public static SpeechErrorKind KindOf(int statusCode) => statusCode switch
    {
        401 or 403 => SpeechErrorKind.Unauthorized,
        402 or 429 => SpeechErrorKind.RateLimited,
        >= 500 or 408 => SpeechErrorKind.Unavailable,
        >= 400 => SpeechErrorKind.Refused,
        _ => SpeechErrorKind.Protocol,
    };
}

/// <summary>Kinds of <see cref="SpeechException"/>, by what can be done about them.</summary>
public enum SpeechErrorKind
{
    /// <summary>The engine is not on this machine; the message says what to install.</summary>
    NotInstalled,

    /// <summary>The key is missing, wrong or not allowed to do this.</summary>
    Unauthorized,

    /// <summary>Too many requests, or no credit.</summary>
    RateLimited,

    /// <summary>It cannot be reached, or is out of order.</summary>
    Unavailable,

    /// <summary>It does not speak this text, or not with these settings; asking again would not help.</summary>
    Refused,

    /// <summary>It broke off in the middle.</summary>
    Unfinished,

    /// <summary>It sent something that is not its protocol, or no audio.</summary>
    Protocol,

    /// <summary>It speaks at another rate than it was asked for.</summary>
    WrongRate,

    /// <summary>It was silent for too long, or spoke too long.</summary>
    TimedOut,

    /// <summary>Text came so much faster than speech that this piece was left out.</summary>
    Behind,
}
