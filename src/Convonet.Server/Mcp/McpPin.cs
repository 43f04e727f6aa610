using System.ComponentModel.DataAnnotations;

namespace Convonet.Server.Mcp;

/// <summary>The tool definitions of an MCP server that the owner has agreed to: one row for all of them, and one for each, so that a change can be named.</summary>
public sealed class McpPin
{
    /// <summary>The server's name in the configuration, or a tool's: <c>server__tool</c>.</summary>
    [MaxLength(64)]
    public required string Server { get; init; }

    /// <summary>SHA-256 of the definitions, in hexadecimal.</summary>
    [MaxLength(64)]
    public required string Hash { get; set; }

    /// <summary>When they were agreed to, in UTC.</summary>
    public DateTime AgreedAt { get; set; }
}
