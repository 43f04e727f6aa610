using System.Text.Json;
using System.Text.RegularExpressions;
using Convonet.Emulator.Brain;

namespace Convonet.Emulator.Wire;

/// <summary>
/// Checks tool declarations against Gemini's subset of OpenAPI schemas, <see href="https://ai.google.dev/api/caching#Schema"/>:
/// <c>$ref</c>, <c>oneOf</c>, <c>additionalProperties</c> and others are unknown fields there.
/// </summary>
internal static partial class GeminiTools
{
    private static readonly string[] ToolFields =
        ["functionDeclarations", "googleSearchRetrieval", "codeExecution", "googleSearch", "computerUse", "urlContext", "fileSearch", "googleMaps", "mcpServers"];

    private static readonly string[] DeclarationFields =
        ["name", "description", "behavior", "parameters", "parametersJsonSchema", "response", "responseJsonSchema"];

    private static readonly string[] SchemaFields =
    [
        "type", "format", "title", "description", "nullable", "enum", "maxItems", "minItems", "properties", "required", "minProperties", "maxProperties",
        "minLength", "maxLength", "pattern", "example", "anyOf", "propertyOrdering", "default", "items", "minimum", "maximum",
    ];

    private static readonly string[] Types = ["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL", "TYPE_UNSPECIFIED"];

    internal static void CheckFields(GeminiFields unknown, JsonElement tools)
    {
        foreach (var (i, tool) in tools.Items().Index())
        {
            unknown.Check(tool, ToolFields, $"tools[{i}]");
            foreach (var (j, declaration) in Declarations(tool).Index())
            {
                var path = $"tools[{i}].function_declarations[{j}]";
                unknown.Check(declaration, DeclarationFields, path);
                CheckSchemaFields(unknown, declaration.Get("parameters"), $"{path}.parameters");
                CheckSchemaFields(unknown, declaration.Get("response"), $"{path}.response");
            }
        }
    }

    internal static void Check(JsonElement tools)
    {
        var names = new HashSet<string>();
        foreach (var (i, tool) in tools.Items().Index())
        {
            foreach (var (j, declaration) in Declarations(tool).Index())
            {
                var path = $"* GenerateContentRequest.tools[{i}].function_declarations[{j}]";
                var name = declaration.Get("name").AsString() ?? "";
                CheckName(name, path);
                if (!names.Add(name))
                {
                    throw Reject($"Duplicate function declaration found: {name}");
                }

                CheckSchema(declaration.Get("parameters"), $"{path}.parameters");
            }
        }
    }

    /// <summary>Declarations, calls and responses obey the same rule, <see href="https://ai.google.dev/api/caching#FunctionDeclaration"/>.</summary>
    internal static void CheckName(string name, string path)
    {
        if (!FunctionName().IsMatch(name))
        {
            throw Reject($"{path}.name: Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), "
                + "underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.\n");
        }
    }

    internal static IReadOnlyList<DeclaredTool> Declared(JsonElement tools) =>
    [
        .. tools.Items().SelectMany(Declarations).Select(declaration => new DeclaredTool(
            declaration.Get("name").AsString() ?? "",
            declaration.Get("parameters") is { ValueKind: JsonValueKind.Object } schema ? schema : declaration.Get("parametersJsonSchema", "parameters_json_schema"))),
    ];

    private static void CheckSchemaFields(GeminiFields unknown, JsonElement schema, string path)
    {
        unknown.Check(schema, SchemaFields, path);
        var type = schema.Get("type");
        if (type.ValueKind == JsonValueKind.Array)
        {
            unknown.Add(path, $"Invalid JSON payload received. Unknown name \"type\" at '{path}': Proto field is not repeating, cannot start list.");
        }
        else if (type.AsString() is { } name && !Types.Contains(name.ToUpperInvariant()))
        {
            unknown.Add($"{path}.type", $"Invalid value at '{path}.type' (type.googleapis.com/google.ai.generativelanguage.v1beta.Type), \"{name}\"");
        }

        foreach (var (i, value) in schema.Get("enum").Items().Index())
        {
            if (value.ValueKind != JsonValueKind.String)
            {
                unknown.Add($"{path}.enum[{i}]", $"Invalid value at '{path}.enum[{i}]' (TYPE_STRING), {value.GetRawText()}");
            }
        }

        foreach (var (i, property) in schema.Get("properties").Properties().Index())
        {
            CheckSchemaFields(unknown, property.Value, $"{path}.properties[{i}].value");
        }

        foreach (var (i, option) in schema.Get("anyOf", "any_of").Items().Index())
        {
            CheckSchemaFields(unknown, option, $"{path}.any_of[{i}]");
        }

        if (!schema.Get("items").IsMissing())
        {
            CheckSchemaFields(unknown, schema.Get("items"), $"{path}.items");
        }
    }

    private static void CheckSchema(JsonElement schema, string path)
    {
        if (schema.IsMissing())
        {
            return;
        }

        var type = schema.Get("type").AsString()?.ToUpperInvariant();
        var properties = schema.Get("properties").Properties().ToList();
        var problem = type switch
        {
            "OBJECT" when properties.Count == 0 => $"{path}.properties: should be non-empty for OBJECT type\n",
            "ARRAY" when schema.Get("items").IsMissing() => $"{path}.items: missing field.\n",
            "STRING" when schema.Get("format").AsString() is not (null or "enum" or "date-time") =>
                $"{path}.format: only 'enum' and 'date-time' are supported for STRING type\n",
            not "STRING" when schema.Get("enum").Items().Any() => $"{path}.enum: only allowed for STRING type\n",
            _ => schema.Get("required").Items().Index()
                .Where(item => !properties.Any(property => property.Name == item.Item.AsString()))
                .Select(item => $"{path}.required[{item.Index}]: property is not defined\n").FirstOrDefault(),
        };
        if (problem is not null)
        {
            throw Reject(problem);
        }

        foreach (var property in properties)
        {
            CheckSchema(property.Value, $"{path}.properties[{property.Name}]");
        }

        foreach (var (i, option) in schema.Get("anyOf", "any_of").Items().Index())
        {
            CheckSchema(option, $"{path}.any_of[{i}]");
        }

        CheckSchema(schema.Get("items"), $"{path}.items");
    }

    private static IEnumerable<JsonElement> Declarations(JsonElement tool) => tool.Get("functionDeclarations", "function_declarations").Items();

    private static RejectedException Reject(string message) => new(new Rejection(400, message));

    [GeneratedRegex(@"^[a-zA-Z_][a-zA-Z0-9_.:\-]{0,127}\z")]
    private static partial Regex FunctionName();
}
