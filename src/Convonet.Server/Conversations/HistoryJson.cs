using System.Text.Json;
using System.Text.Json.Serialization;
using Convonet.Agents;
using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Server.Conversations;

/// <summary>The history as the store keeps it. A call stands in its own row; a step's parts name it by its place among the step's calls.</summary>
internal static class HistoryJson
{
    /// <summary>The parts of a step.</summary>
    public static string WriteParts(IEnumerable<AssistantPart> parts)
    {
        var calls = 0;
        return JsonSerializer.Serialize(
            [.. parts.Select(part => part switch
            {
                AssistantPart.Text text => new StoredPart(text.Value, text.ProviderData, null),
                _ => new StoredPart(null, null, calls++),
            })],
            HistoryJsonContext.Default.StoredPartArray);
    }

    /// <summary>Reads the parts of a step. One of a kind that only newer nodes know is left out.</summary>
    /// <param name="json">What <see cref="WriteParts"/> wrote.</param>
    /// <param name="calls">The step's calls in order. One that is missing has just been deleted with its step, because both are old.</param>
    public static IReadOnlyList<AssistantPart> ReadParts(string json, IReadOnlyList<ToolCall> calls) =>
    [
        .. JsonSerializer.Deserialize(json, HistoryJsonContext.Default.StoredPartArray)!.Where(part => part.Call is null ? part.Text is not null || part.Data is not null : part.Call < calls.Count).Select(part => part.Call is { } place
            ? (AssistantPart)new AssistantPart.ToolUse(calls[place])
            : new AssistantPart.Text(part.Text ?? "", part.Data)),
    ];

    public static string? Write(ProviderData? data) => data is null ? null : JsonSerializer.Serialize(data, HistoryJsonContext.Default.ProviderData);

    public static ProviderData? ReadData(string? json) => json is null ? null : JsonSerializer.Deserialize(json, HistoryJsonContext.Default.ProviderData);

    public static string? Write(TurnError? error) => error is null ? null : JsonSerializer.Serialize(error, HistoryJsonContext.Default.TurnError);

    public static TurnError? ReadError(string? json) => json is null ? null : JsonSerializer.Deserialize(json, HistoryJsonContext.Default.TurnError);
}

/// <summary>Text, or a call by its place.</summary>
internal sealed record StoredPart(string? Text, ProviderData? Data, int? Call);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredPart[]))]
[JsonSerializable(typeof(ProviderData))]
[JsonSerializable(typeof(TurnError))]
internal sealed partial class HistoryJsonContext : JsonSerializerContext;
