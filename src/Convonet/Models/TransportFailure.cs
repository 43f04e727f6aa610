using System.Net.Sockets;
using System.Text.Json;

namespace Convonet.Models;

/// <summary>The failures that look alike whichever library holds the connection.</summary>
internal static class TransportFailure
{
    /// <summary>
    /// The failure that an exception means, or null when it is none of the transport's: then it is a bug, or already translated.
    /// A caller's own cancellation never comes here.
    /// </summary>
    /// <param name="error">What the library threw.</param>
    /// <param name="provider">Name for the message.</param>
    /// <param name="answering">Whether the provider's answer had begun.</param>
    public static ModelException? Translate(Exception error, string provider, bool answering) => error switch
    {
        HttpRequestException or IOException or SocketException or TimeoutException or OperationCanceledException => answering
            ? new ModelException(ModelErrorKind.Unfinished, $"The connection to {provider} broke in mid-answer.", innerException: error)
            : new ModelException(ModelErrorKind.Unreachable, $"{provider} cannot be reached.", innerException: error),

        // What readers of JSON throw at text that is not JSON, or is of another shape. Kept apart from logs: such errors quote what they could not read.
        JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException or OverflowException =>
            new ModelException(ModelErrorKind.Protocol, $"{provider} sent something that cannot be read ({error.GetType().Name})."),
        _ => null,
    };
}
