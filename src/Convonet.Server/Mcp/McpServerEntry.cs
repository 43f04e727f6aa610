namespace Convonet.Server.Mcp;

/// <summary>An MCP server as the operator configured it.</summary>
/// <param name="Name">Its name: letters, digits, <c>-</c> and single <c>_</c>.</param>
/// <param name="Way">How it is reached.</param>
internal sealed record McpServerEntry(string Name, McpWay Way);

/// <summary>How a server is reached.</summary>
internal abstract record McpWay
{
    private McpWay()
    {
    }

    /// <summary>A program that we start; we talk to it over its standard input and output.</summary>
    /// <param name="Command">The program.</param>
    /// <param name="Arguments">Its arguments; no shell reads them.</param>
    /// <param name="Environment">Variables besides the few that every program needs.</param>
    /// <param name="Folder">Its working directory; ours when null.</param>
    public sealed record Stdio(string Command, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string? Folder) : McpWay;

    /// <summary>A server on the network.</summary>
    /// <param name="Address">Its address.</param>
    /// <param name="Headers">Sent with each request, and nothing else of ours.</param>
    /// <param name="AllowPrivateAddresses">Whether it may be on this machine or in a private network.</param>
    public sealed record Http(Uri Address, IReadOnlyDictionary<string, string> Headers, bool AllowPrivateAddresses) : McpWay;
}
