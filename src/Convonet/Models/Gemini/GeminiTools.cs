using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Convonet.Models.Gemini;

/// <summary>Function declarations for Gemini, converted once per tool and kept as JSON for as long as the tool lives.</summary>
internal sealed partial class GeminiTools(ILogger logger)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ConditionalWeakTable<AIFunctionDeclaration, byte[]> _declarations = [];

    /// <summary>The declaration of one tool: a <c>FunctionDeclaration</c> object as UTF-8.</summary>
    public byte[] DeclarationOf(AIFunctionDeclaration tool)
    {
        if (_declarations.TryGetValue(tool, out var known))
        {
            return known;
        }

        var schema = GeminiSchema.Convert(tool.JsonSchema);
        var declaration = new JsonObject { ["name"] = tool.Name };
        if (!string.IsNullOrEmpty(tool.Description))
        {
            declaration["description"] = tool.Description;
        }

        // A function without parameters has none: an object without properties is refused.
        if (schema.Parameters is not null)
        {
            declaration["parameters"] = schema.Parameters;
        }

        var bytes = Encoding.UTF8.GetBytes(declaration.ToJsonString(Plain));
        if (_declarations.TryAdd(tool, bytes) && schema.Lost.Count > 0)
        {
            LogSchemaLost(tool.Name, string.Join(", ", schema.Lost));
        }

        return bytes;
    }

    [LoggerMessage(LogLevel.Debug, "Gemini's schema cannot say all of tool {ToolName}'s parameters; left out: {Lost}.")]
    private partial void LogSchemaLost(string toolName, string lost);
}
