using System.Text.Json.Serialization;

namespace Convonet.Server.Todos;

/// <summary>How much a todo or a reminder matters.</summary>
[JsonConverter(typeof(ImportanceConverter))]
internal enum Importance
{
    /// <summary>Can wait.</summary>
    [JsonStringEnumMemberName("low")]
    Low,

    /// <summary>As usual.</summary>
    [JsonStringEnumMemberName("medium")]
    Medium,

    /// <summary>Before others.</summary>
    [JsonStringEnumMemberName("high")]
    High,

    /// <summary>Before all others.</summary>
    [JsonStringEnumMemberName("urgent")]
    Urgent,
}

/// <summary>They are words; a number is none.</summary>
internal sealed class ImportanceConverter() : JsonStringEnumConverter<Importance>(namingPolicy: null, allowIntegerValues: false);

/// <summary>Importance as the store keeps it.</summary>
internal static class Importances
{
    /// <summary>The word for it.</summary>
    public static string Word(this Importance importance) => importance.ToString().ToLowerInvariant();
}
