using System.ComponentModel.DataAnnotations;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Convonet.Conversations;

namespace Convonet.Server.Transport;

/// <summary>The JSON Schema of every event, made from the records that are sent and received.</summary>
internal static class EventSchema
{
    private static readonly JsonSerializerOptions Form = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Lazy<byte[]> Document = new(static () => JsonSerializer.SerializeToUtf8Bytes(Build(), Form));

    /// <summary>The document, UTF-8.</summary>
    public static ReadOnlyMemory<byte> Utf8 => Document.Value;

    public static void MapEventSchema(this IEndpointRouteBuilder app) =>
        app.MapGet("/schema/events.json", static () => TypedResults.Bytes(Utf8, "application/schema+json")).ExcludeFromDescription();

    private static JsonObject Build()
    {
        var definitions = new JsonObject();
        var server = Frames(EventJsonContext.Default, typeof(SessionEvent), "", definitions);
        var client = Frames(ClientEventJsonContext.Default, typeof(ClientEvent), "Client", definitions);
        definitions.Insert(0, "server", new JsonObject { ["description"] = "What the server sends.", ["oneOf"] = server });
        definitions.Insert(1, "client", new JsonObject { ["description"] = "What a client sends.", ["oneOf"] = client });
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Events of Convonet",
            ["description"] = "Text frames of the WebSocket at /voice. Fields and events may be added: ignore what you do not know. What a field means: docs/protocol.md.",
            ["anyOf"] = new JsonArray(Reference("server"), Reference("client")),
            ["$defs"] = definitions,
        };
    }

    /// <summary>Adds what each event holds to the definitions. Returns the frames.</summary>
    private static JsonArray Frames(JsonSerializerContext context, Type all, string prefix, JsonObject definitions)
    {
        var frames = new JsonArray();
        foreach (var type in all.GetNestedTypes().Where(type => type.IsSubclassOf(all)).OrderBy(type => type.Name, StringComparer.Ordinal))
        {
            var name = prefix + type.Name;
            Define(name, context.GetTypeInfo(type)!, definitions);
            frames.Add((JsonNode)new JsonObject
            {
                ["type"] = "object",
                ["required"] = new JsonArray("event", "data"),
                ["properties"] = Envelope(NameOf(type), name, isNumbered: all == typeof(SessionEvent)),
            });
        }

        return frames;
    }

    private static JsonObject Envelope(string eventName, string definition, bool isNumbered)
    {
        var properties = new JsonObject { ["event"] = new JsonObject { ["const"] = eventName }, ["data"] = Reference(definition) };
        if (isNumbered)
        {
            properties["seq"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1 };
            properties["epoch"] = new JsonObject { ["type"] = "integer" };
        }

        return properties;
    }

    /// <summary>The name is what the record's constructor gives it; none of them looks at its arguments.</summary>
    private static string NameOf(Type type)
    {
        var constructor = type.GetConstructors().MaxBy(one => one.GetParameters().Length)!;
        var made = constructor.Invoke([.. constructor.GetParameters().Select(one => one.ParameterType.IsValueType ? Activator.CreateInstance(one.ParameterType) : null)]);
        return made is SessionEvent sent ? sent.Name : ((ClientEvent)made).Name;
    }

    private static void Define(string name, JsonTypeInfo type, JsonObject definitions)
    {
        if (definitions.ContainsKey(name))
        {
            return;
        }

        definitions[name] = null; // keeps its place before what it refers to
        definitions[name] = type.GetJsonSchemaAsNode(new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (schema, node) =>
            {
                if (schema.TypeInfo.Kind == JsonTypeInfoKind.Object && !schema.Path.IsEmpty)
                {
                    Define(schema.TypeInfo.Type.Name, schema.TypeInfo, definitions);
                    return Reference(schema.TypeInfo.Type.Name);
                }

                return schema.TypeInfo.Kind == JsonTypeInfoKind.Object ? WithRequired((JsonObject)node, schema.TypeInfo) : OfProperty(node, schema.PropertyInfo);
            },
        });
    }

    /// <summary>Null is never written but where a property says so: what may be null may be missing, and everything else is there.</summary>
    private static JsonObject WithRequired(JsonObject node, JsonTypeInfo type)
    {
        node["type"] = "object";
        node.Remove("required");
        var required = type.Properties.Where(one => node["properties"]?[one.Name] is not null && IsWritten(one)).Select(one => (JsonNode)one.Name).ToArray();
        if (required.Length > 0)
        {
            node["required"] = new JsonArray(required);
        }

        return node;
    }

    private static bool IsWritten(JsonPropertyInfo property) =>
        IsAlwaysWritten(property) || !(property.IsGetNullable || Nullable.GetUnderlyingType(property.PropertyType) is not null);

    private static bool IsAlwaysWritten(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), false) is [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.Never }];

    /// <summary>Adds the words, lengths and numbers that a property may have.</summary>
    private static JsonNode OfProperty(JsonNode node, JsonPropertyInfo? property)
    {
        if (property is null || node is not JsonObject schema)
        {
            return node;
        }

        schema.Remove("default");
        if (schema["type"] is JsonArray types && !IsAlwaysWritten(property))
        {
            schema["type"] = types.First(type => (string?)type != "null")!.DeepClone();
        }

        foreach (var attribute in property.AttributeProvider?.GetCustomAttributes(typeof(ValidationAttribute), true).Cast<ValidationAttribute>() ?? [])
        {
            foreach (var (keyword, value) in Keywords(attribute))
            {
                schema[keyword] = value;
            }
        }

        return schema;
    }

    private static IEnumerable<(string Keyword, JsonNode Value)> Keywords(ValidationAttribute attribute) => attribute switch
    {
        AllowedValuesAttribute { Values: [string only] } => [("const", only)],
        AllowedValuesAttribute allowed => [("enum", new JsonArray([.. allowed.Values.Select(value => JsonValue.Create((string)value!))]))],
        StringLengthAttribute text => [("minLength", text.MinimumLength), ("maxLength", text.MaximumLength)],
        MinLengthAttribute text => [("minLength", text.Length)],
        RangeAttribute range => [("minimum", Convert.ToInt64(range.Minimum, System.Globalization.CultureInfo.InvariantCulture))],
        _ => throw new InvalidOperationException($"The schema does not know what {attribute.GetType().Name} means."),
    };

    private static JsonObject Reference(string definition) => new() { ["$ref"] = $"#/$defs/{definition}" };
}
