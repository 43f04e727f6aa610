using System.ComponentModel.DataAnnotations;

namespace Convonet.Server.Mcp;

/// <summary>How MCP servers are plugged in.</summary>
public sealed class McpOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Convonet:Mcp";

    /// <summary>A file in the form that desktop assistants use. The default one may be missing.</summary>
    /// <value><c>mcp.json</c> in the folder of the settings by default.</value>
    public string File { get; set; } = "mcp.json";

    /// <summary>How long a server may take to start and to introduce itself; the first start of one may have to be downloaded.</summary>
    /// <value>60 s by default; 1 s to 10 min.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan StartLimit { get; set; } = TimeSpan.FromSeconds(60);
}
