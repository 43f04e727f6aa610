using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

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
    /// <param name="name">Name for the model: 1 to 64 letters of ASCII, digits, <c>_</c> or <c>-</c>.</param>
    /// <param name="description">What it does and when to use it, for the model.</param>
    /// <param name="traits">What it acts on; without them it counts as acting outside the store.</param>
    /// <exception cref="ArgumentException">No provider takes the name, or a parameter has a type that no model can write.</exception>
    public static AIFunction Create(Delegate method, string name, string description, ToolTraits? traits = null)
    {
        if (!ToolName.IsValid(name))
        {
            throw new ArgumentException($"A tool cannot be named '{name}': {ToolName.Rule}", nameof(name));
        }

        if (method.Method.GetParameters().FirstOrDefault(static parameter => !CanBeWritten(parameter)) is { } foreign)
        {
            throw new ArgumentException(
                $"Tool {name}: no model can write the parameter '{foreign.Name}' of type {foreign.ParameterType.Name}. Supplied are {nameof(ToolContext)}, {nameof(CancellationToken)} and {nameof(IServiceProvider)}: ask the last one for a service.",
                nameof(method));
        }

        return AIFunctionFactory.Create(method, new AIFunctionFactoryOptions
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
    }

    /// <summary>Whether it is supplied, or a value that can be read from JSON: not a service, a stream or a callback.</summary>
    private static bool CanBeWritten(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        return type == typeof(ToolContext) || type == typeof(CancellationToken) || type == typeof(IServiceProvider) || type == typeof(AIFunctionArguments)
            || parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is not null
            || !(type.IsAssignableTo(typeof(Delegate)) || (type.IsAbstract && Json.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object, PolymorphismOptions: null }));
    }

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
