using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace Convonet.Tools;

/// <summary>Makes tools of methods.</summary>
public static class ToolFactory
{
    /// <summary>Results are read by models and clients alike: snake_case, without nulls.</summary>
    private static readonly JsonSerializerOptions Json = MakeJson();

    /// <summary>
    /// Makes a tool of a method. Its JSON Schema comes from the parameters and their <c>[Description]</c>s; parameters of the types
    /// <see cref="ToolContext"/>, <see cref="CancellationToken"/> and <see cref="IServiceProvider"/> are supplied and not shown to the model. A call with an
    /// argument that the method does not have is refused.
    /// </summary>
    /// <param name="method">The method, synchronous or not.</param>
    /// <param name="name">Name for the model: letters, digits and <c>_</c>.</param>
    /// <param name="description">What it does and when to use it, for the model.</param>
    /// <param name="traits">What it acts on; without them it counts as acting outside the store.</param>
    public static AIFunction Create(Delegate method, string name, string description, ToolTraits? traits = null) => AIFunctionFactory.Create(method, new AIFunctionFactoryOptions
    {
        Name = name,
        Description = description,
        SerializerOptions = Json,
        AdditionalProperties = new Dictionary<string, object?>(traits?.ToProperties() ?? new Dictionary<string, object?>()) { [ToolSchema.Closed] = true },
        ExcludeResultSchema = true,
        MarshalResult = static (result, _, _) => ValueTask.FromResult(result switch
        {
            ToolCommit or ToolAnswer or null => result,
            _ => JsonSerializer.SerializeToElement(result, Json.GetTypeInfo(result.GetType())),
        }),
        ConfigureParameterBinding = static parameter => parameter.ParameterType == typeof(ToolContext)
            ? new() { ExcludeFromSchema = true, BindParameter = static (_, arguments) => ContextOf(arguments) }
            : default,
    });

    /// <summary>An answer's data as clients get it; null when there is none.</summary>
    internal static JsonElement? DataOf(ToolAnswer answer) =>
        answer.Data is null ? null : answer.Data as JsonElement? ?? JsonSerializer.SerializeToElement(answer.Data, Json.GetTypeInfo(answer.Data.GetType()));

    private static JsonSerializerOptions MakeJson()
    {
        var options = new JsonSerializerOptions(AIJsonUtilities.DefaultOptions)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            WriteIndented = false,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        };
        options.MakeReadOnly();
        return options;
    }

    private static ToolContext ContextOf(AIFunctionArguments arguments) =>
        arguments.Context?.TryGetValue(typeof(ToolContext), out var context) is true && context is ToolContext found
            ? found
            : throw new InvalidOperationException("The tool was not started by a ToolRunner.");
}
