using System.Globalization;
using System.Text.Json;

namespace Convonet.Emulator.Wire;

/// <summary>Collects fields that the API's protocol buffers do not have; the API names all of them in one error.</summary>
internal sealed class GeminiFields
{
    private const string Messages = "type.googleapis.com/google.ai.generativelanguage.v1beta.";

    private readonly List<(string Field, string Description)> _violations = [];

    /// <summary>The <c>snake_case</c> form of a field's name.</summary>
    internal static string Snake(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterUpper(c) ? "_" + char.ToLowerInvariant(c) : c.ToString()));

    /// <summary>Notes each field that is not among the known ones, in either spelling.</summary>
    internal void Check(JsonElement element, string[] known, string path)
    {
        foreach (var property in element.Properties())
        {
            // The usual spelling first: a request of some length has thousands of fields, and the other one has to be made.
            if (!known.Contains(property.Name) && !known.Any(name => Snake(name) == property.Name))
            {
                AddUnknown(property.Name, path, "Cannot find field.");
            }
        }
    }

    /// <summary>Notes each field that is not among the known ones, in either spelling, or holds another kind of value.</summary>
    internal void Check(JsonElement element, KnownFields known, string path)
    {
        foreach (var property in element.Properties())
        {
            var place = path.Length == 0 ? Snake(property.Name) : $"{path}.{Snake(property.Name)}";
            switch (known.Find(property.Name) ?? known.Find(Camel(property.Name)))
            {
                case null:
                    AddUnknown(property.Name, path, "Cannot find field.");
                    break;
                case { } kinds when Fits(property.Value, kinds):
                    break;
                case var _ when property.Value.ValueKind == JsonValueKind.Array:
                    AddUnknown(property.Name, path, "Proto field is not repeating, cannot start list.");
                    break;
                case { } kinds:
                    Add(place, $"Invalid value at '{place}' ({TypeOf(kinds, property.Name)}), {property.Value.GetRawText()}");
                    break;
            }
        }
    }

    /// <summary>Notes a text that is not among the values; case does not matter.</summary>
    internal void Enum(JsonElement element, string[] values, string path, string type)
    {
        if (element.AsString() is { } text && !values.Contains(text.ToUpperInvariant()))
        {
            Add(path, $"Invalid value at '{path}' ({Messages}{type}), \"{text}\"");
        }
    }

    /// <summary>Notes a value that should be an object.</summary>
    internal void Struct(JsonElement element, string path)
    {
        if (!element.IsMissing() && element.ValueKind != JsonValueKind.Object)
        {
            Add(path, $"Invalid value at '{path}' (type.googleapis.com/google.protobuf.Struct), {element.GetRawText()}");
        }
    }

    internal void Add(string path, string description) => _violations.Add((path, description));

    internal void ThrowIfAny()
    {
        if (_violations.Count > 0)
        {
            throw new RejectedException(
                new Rejection(400, string.Join('\n', _violations.Select(v => v.Description))) { Violations = _violations });
        }
    }

    /// <summary>The JSON form of protocol buffers lets numbers be written as strings.</summary>
    private static bool Fits(JsonElement value, JsonKinds kinds) =>
        value.IsMissing()
        || (kinds & KnownFields.KindsOf(value)) != 0
        || ((kinds & (JsonKinds.Integer | JsonKinds.Number)) != 0
            && double.TryParse(value.AsString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && (kinds.HasFlag(JsonKinds.Number) || double.IsInteger(number)));

    private static string TypeOf(JsonKinds kinds, string name) => kinds switch
    {
        JsonKinds.Integer => "TYPE_INT32",
        JsonKinds.Number => "TYPE_FLOAT",
        JsonKinds.Flag => "TYPE_BOOL",
        _ when kinds.HasFlag(JsonKinds.Text) => "TYPE_STRING",
        _ => Messages + Camel(name) switch
        {
            "contents" or "systemInstruction" => "Content",
            "tools" => "Tool",
            "safetySettings" => "SafetySetting",
            "responseSchema" => "Schema",
            var field => char.ToUpperInvariant(field[0]) + field[1..],
        },
    };

    private static string Camel(string name) =>
        string.Concat(name.Split('_').Select((word, i) => i == 0 || word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));

    private void AddUnknown(string name, string path, string problem) =>
        Add(path, $"Invalid JSON payload received. Unknown name \"{name}\"{(path.Length == 0 ? "" : $" at '{path}'")}: {problem}");
}
