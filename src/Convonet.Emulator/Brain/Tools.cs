namespace Convonet.Emulator.Brain;

/// <summary>Names of the tools that the demo model knows how to use.</summary>
internal static class Tools
{
    internal const string CreateTodo = "create_todo";
    internal const string GetTodos = "get_todos";
    internal const string CompleteTodo = "complete_todo";
    internal const string DeleteTodo = "delete_todo";
    internal const string CreateReminder = "create_reminder";
    internal const string GetReminders = "get_reminders";
    internal const string CreateEvent = "create_calendar_event";
    internal const string GetEvents = "get_calendar_events";
    internal const string GetTime = "get_time";
}
