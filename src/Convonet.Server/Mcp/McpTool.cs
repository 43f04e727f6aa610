using System.Text.Json;
using Convonet.Tools;
using Microsoft.Extensions.AI;

namespace Convonet.Server.Mcp;

/// <summary>An MCP server's tool as one of ours.</summary>
internal sealed class McpTool : AIFunction
{
    /// <summary>In characters; it is sent to the model with each request.</summary>
    private const int LongestDescription = 2_000;

    private readonly McpServerConnection _server;
    private readonly McpDefinition _definition;

    private McpTool(McpServerConnection server, McpDefinition definition, JsonElement schema)
    {
        _server = server;
        _definition = definition;
        var said = definition.Tool.Description?.Trim() ?? "";
        Description = $"[Tool of the MCP server {server.Name}, in its own words] {(said.Length <= LongestDescription ? said : said[..LongestDescription] + "…")}";
        JsonSchema = schema;
    }

    public override string Name => _definition.Name;

    public override string Description { get; }

    public override JsonElement JsonSchema { get; }

    /// <summary>The tool, with what it acts on; null when its schema is none that we can use.</summary>
    public static AIFunction? Of(McpServerConnection server, McpDefinition definition) => McpSchema.Clean(definition.Tool.InputSchema) is not { } schema ? null : new ToolTraits
    {
        Effect = EffectOf(definition),
        Source = $"the MCP server {server.Name}",
    }.On(new McpTool(server, definition, schema));

    /// <summary>What a tool acts on: nothing if its server says that it only reads, else something of which we know nothing.</summary>
    public static ToolEffect EffectOf(McpDefinition definition) => definition.Tool.Annotations?.ReadOnlyHint == true ? ToolEffect.None : ToolEffect.Outside;

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) => await _server.CallAsync(
        _definition,
        arguments,
        arguments.Context?.TryGetValue(typeof(ToolContext), out var context) is true && context is ToolContext found
            ? found
            : throw new InvalidOperationException("The tool was not started by a ToolRunner."),
        cancellationToken);
}
