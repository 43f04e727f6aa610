using System.Text.Json;

namespace Convonet.Emulator.Wire;

/// <summary>Collects fields that the API's protocol buffers do not have; the API names all of them in one error.</summary>
internal sealed class GeminiFields
{
    private readonly List<(string Field, string Description)> _violations = [];

    /// <summary>The <c>snake_case</c> form of a field's name.</summary>
    internal static string Snake(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterUpper(c) ? "_" + char.ToLowerInvariant(c) : c.ToString()));

    /// <summary>Notes each field that is not among the known ones, in either spelling.</summary>
    internal void Check(JsonElement element, string[] known, string path)
    {
        foreach (var property in element.Properties())
        {
            if (!known.Any(name => name == property.Name || Snake(name) == property.Name))
            {
                var place = path.Length == 0 ? "" : $" at '{path}'";
                Add(path, $"Invalid JSON payload received. Unknown name \"{property.Name}\"{place}: Cannot find field.");
            }
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
}
