namespace Convonet.Emulator.Brain;

/// <summary>A kind of thing that is found in a list and changed by its id: what it is called, and which tools and parameters are for it.</summary>
/// <param name="Name">In the singular, as results and names of tools have it.</param>
/// <param name="Place">Where things of this kind are.</param>
/// <param name="List">The tool that lists them.</param>
/// <param name="Update">The tool that changes one.</param>
/// <param name="Delete">The tool that deletes one.</param>
/// <param name="Title">The parameter for its title.</param>
/// <param name="Level">The parameter for how much it matters; null for none.</param>
/// <param name="Time">The parameter for when it is.</param>
internal sealed record ThingKind(string Name, string Place, string List, string Update, string Delete, string Title, string? Level, string Time)
{
    internal static readonly ThingKind Todo = new("todo", "on your list", Tools.GetTodos, Tools.UpdateTodo, Tools.DeleteTodo, "title", "priority", "due_date");

    internal static readonly ThingKind Reminder =
        new("reminder", "among your reminders", Tools.GetReminders, Tools.UpdateReminder, Tools.DeleteReminder, "reminder_text", "importance", "reminder_date");

    internal static readonly ThingKind Event = new("event", "on your calendar", Tools.GetEvents, Tools.UpdateEvent, Tools.DeleteEvent, "title", null, "event_from");

    /// <summary>The kind that a tool is for; null for none of them.</summary>
    internal static ThingKind? Of(string tool) => new[] { Todo, Reminder, Event }.FirstOrDefault(kind => tool.TrimEnd('s').EndsWith("_" + kind.Name, StringComparison.Ordinal));
}
