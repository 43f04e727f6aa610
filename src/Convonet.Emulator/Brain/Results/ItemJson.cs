using System.Text.Json;
using Convonet.Emulator.Wire;

namespace Convonet.Emulator.Brain.Results;

/// <summary>Reads items from results in JSON.</summary>
internal static class ItemJson
{
    /// <summary>The items of a list: of the array itself, or of every array in the object.</summary>
    internal static IReadOnlyList<Item> List(JsonElement content) => content.ValueKind == JsonValueKind.Array
        ? [.. content.Items().Select(element => Read(element, ""))]
        : [.. content.Properties().Where(property => property.Value.ValueKind == JsonValueKind.Array)
            .SelectMany(property => property.Value.Items().Select(element => Read(element, property.Name.TrimEnd('s'))))];

    internal static Item Read(JsonElement element, string kind)
    {
        JsonElement First(params string[] names) => names.Select(name => element.Get(name)).FirstOrDefault(value => !value.IsMissing());
        var id = First("id", "todo_id", "event_id", "user_id");
        return new Item
        {
            Id = id.IsMissing() ? "" : id.AsString() ?? id.GetRawText(),
            Title = element.AsString() ?? First("title", "reminder_text", "text", "name", "summary").AsString() ?? "",
            Kind = First("kind").AsString() ?? kind,
            IsDone = First("completed", "done", "is_completed", "delivered").IsTrue() || First("status").AsString() is "completed" or "done",
            From = ToolData.ParseTime(First("due_date", "reminder_date", "remind_at", "event_from", "due", "start", "from", "date").AsString()),
            To = ToolData.ParseTime(First("event_to", "end", "to").AsString()),
            Level = First("priority", "importance").AsString(),
            Email = First("email").AsString(),
            Role = First("role").AsString(),
            Team = First("team").AsString(),
            Members = First("members") is { ValueKind: JsonValueKind.Number } members ? members.GetInt32() : null,
            Recurs = First("recurrence").AsString() is { Length: > 0 },
        };
    }
}
