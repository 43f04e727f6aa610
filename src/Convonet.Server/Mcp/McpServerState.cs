namespace Convonet.Server.Mcp;

/// <summary>How an MCP server is.</summary>
internal enum McpStatus
{
    /// <summary>It has not answered yet.</summary>
    Starting,

    /// <summary>Its tools are there.</summary>
    Up,

    /// <summary>It does not answer; it is tried again.</summary>
    Down,

    /// <summary>It answers, but its tools are not the ones that were agreed to.</summary>
    Changed,
}

/// <summary>An MCP server at one time.</summary>
/// <param name="Status">How it is.</param>
/// <param name="Tools">The tools that it offers now, as models know them.</param>
/// <param name="Why">What is wrong, in one sentence.</param>
/// <param name="NextTry">When it is tried again.</param>
/// <param name="Change">What the owner has to agree to.</param>
internal sealed record McpServerState(
    McpStatus Status, IReadOnlyList<string> Tools, string? Why = null, DateTimeOffset? NextTry = null, McpChange? Change = null)
{
    public static readonly McpServerState AtFirst = new(McpStatus.Starting, []);
}
