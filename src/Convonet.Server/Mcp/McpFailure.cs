using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Client;

namespace Convonet.Server.Mcp;

/// <summary>Says what is wrong with a server, in words that hold neither addresses nor headers nor what a server said.</summary>
internal static class McpFailure
{
    public static string Describe(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (Known(cause) is { } known)
            {
                return known;
            }
        }

        return error is McpException or System.Text.Json.JsonException ? "It does not speak the protocol as it should." : "It failed.";
    }

    private static string? Known(Exception cause) => cause switch
    {
        PrivateAddressException refused => refused.Message,
        TimeoutException or OperationCanceledException => "It does not answer.",
        ClientTransportClosedException { Details: StdioClientCompletionDetails { ExitCode: { } code } } => $"It ended with exit code {code}.",
        Win32Exception => "Its command cannot be started.",
        HttpRequestException { StatusCode: { } status } => $"It answers with HTTP status {(int)status}.",
        HttpRequestException { InnerException: not PrivateAddressException } => "It cannot be reached.",
        ClientTransportClosedException { InnerException: null } => "It closed the connection.",
        _ => null,
    };
}
