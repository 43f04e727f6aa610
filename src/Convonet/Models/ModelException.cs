namespace Convonet.Models;

/// <summary>A provider refused, failed or broke off. Its message is for logs: it holds no key and no user's words, and is never shown.</summary>
public sealed class ModelException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="kind">What kind of failure.</param>
    /// <param name="message">For logs.</param>
    /// <param name="retryAfter">How long the provider asks to wait.</param>
    /// <param name="innerException">The library's own exception.</param>
    public ModelException(ModelErrorKind kind, string message, TimeSpan? retryAfter = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Kind = kind;
        RetryAfter = retryAfter;
    }

    /// <summary>What kind of failure it is.</summary>
    public ModelErrorKind Kind { get; }

    /// <summary>How long the provider asks to wait, from <c>Retry-After</c> or its body; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The kind of failure that an HTTP status means, the same for every provider.</summary>
    public static ModelErrorKind KindOf(int statusCode) => statusCode switch
    {
        401 or 403 => ModelErrorKind.Unauthorized,
        408 => ModelErrorKind.ServerError,
        429 => ModelErrorKind.RateLimited,
        503 or 529 => ModelErrorKind.Overloaded,
        >= 500 => ModelErrorKind.ServerError,
        >= 400 => ModelErrorKind.InvalidRequest,
        _ => ModelErrorKind.Protocol,
    };
}

/// <summary>Kinds of provider failure, by what can be done about them.</summary>
public enum ModelErrorKind
{
    /// <summary>No connection, or it broke before the answer began.</summary>
    Unreachable,

    /// <summary>The key is missing, wrong or not allowed to use the model (401, 403).</summary>
    Unauthorized,

    /// <summary>The provider does not accept the request (other 4xx); asking again would not help.</summary>
    InvalidRequest,

    /// <summary>Too many requests (429).</summary>
    RateLimited,

    /// <summary>The provider is overloaded (503, 529, or in-band).</summary>
    Overloaded,

    /// <summary>The provider failed (5xx, or in-band).</summary>
    ServerError,

    /// <summary>The stream ended, or was cut, before the provider's own end marker.</summary>
    Unfinished,

    /// <summary>The provider sent something that is not its protocol.</summary>
    Protocol,
}
