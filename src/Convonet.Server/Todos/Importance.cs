using System.Text.Json.Serialization;

namespace Convonet.Server.Todos;

/// <summary>How much a todo or a reminder matters.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Importance>))]
internal enum Importance
{
    [JsonStringEnumMemberName("low")]
    Low,

    [JsonStringEnumMemberName("medium")]
    Medium,

    [JsonStringEnumMemberName("high")]
    High,

    [JsonStringEnumMemberName("urgent")]
    Urgent,
}
