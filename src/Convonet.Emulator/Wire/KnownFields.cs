using System.Text.Json;

namespace Convonet.Emulator.Wire;

/// <summary>What a field may hold; several when it may hold either.</summary>
[Flags]
internal enum JsonKinds
{
    None = 0,
    Text = 1,
    Integer = 2,
    Number = 4,
    Flag = 8,
    List = 16,
    Object = 32,
    Any = Text | Integer | Number | Flag | List | Object,
}

/// <summary>The fields that an object of a request may have. <c>null</c> is allowed in each: the providers take it as left out.</summary>
internal sealed class KnownFields(params (JsonKinds Kinds, string[] Names)[] fields)
{
    private readonly Dictionary<string, JsonKinds> _kinds =
        fields.SelectMany(group => group.Names.Select(name => (name, group.Kinds))).ToDictionary(field => field.name, field => field.Kinds);

    /// <summary>What the field may hold; null when there is no such field.</summary>
    internal JsonKinds? Find(string name) => _kinds.TryGetValue(name, out var kinds) ? kinds : null;

    /// <summary>The fields that do not exist, and those that hold something else than they may.</summary>
    /// <returns>Each with what it may hold; null for a field that does not exist.</returns>
    internal IEnumerable<(JsonProperty Field, JsonKinds? Expected)> Wrong(JsonElement element) =>
        element.Properties().Select(field => (field, Find(field.Name))).Where(found => found.Item2 is not { } kinds || !Fits(found.field, kinds));

    /// <summary>A whole number is both an integer and a number, however it is written.</summary>
    internal static JsonKinds KindsOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => JsonKinds.Text,
        JsonValueKind.Number => JsonKinds.Number | (double.IsInteger(value.GetDouble()) ? JsonKinds.Integer : JsonKinds.None),
        JsonValueKind.True or JsonValueKind.False => JsonKinds.Flag,
        JsonValueKind.Array => JsonKinds.List,
        JsonValueKind.Object => JsonKinds.Object,
        _ => JsonKinds.None,
    };

    private static bool Fits(JsonProperty field, JsonKinds kinds) => field.Value.IsMissing() || (kinds & KindsOf(field.Value)) != 0;
}
