using System.ComponentModel.DataAnnotations;

namespace Convonet.Server.Mcp;

/// <summary>The tool definitions of an MCP server that its owner has agreed to.</summary>
public sealed class McpPin
{
    /// <summary>The server's name in the configuration.</summary>
    [MaxLength(64)]
    public required string Server { get; init; }

    /// <summary>SHA-256 of the definitions, in hexadecimal.</summary>
    [MaxLength(64)]
    public required string Hash { get; set; }

    /// <summary>When they were agreed to, in UTC.</summary>
    public DateTime AgreedAt { get; set; }
}
