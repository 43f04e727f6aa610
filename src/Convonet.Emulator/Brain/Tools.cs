namespace Convonet.Emulator.Brain;

/// <summary>Names of the tools that the demo model knows how to use.</summary>
internal static class Tools
{
    internal const string CreateTodo = "create_todo";
    internal const string GetTodos = "get_todos";
    internal const string CompleteTodo = "complete_todo";
    internal const string UpdateTodo = "update_todo";
    internal const string DeleteTodo = "delete_todo";

    internal const string CreateReminder = "create_reminder";
    internal const string GetReminders = "get_reminders";
    internal const string UpdateReminder = "update_reminder";
    internal const string DeleteReminder = "delete_reminder";

    internal const string CreateEvent = "create_calendar_event";
    internal const string GetEvents = "get_calendar_events";
    internal const string UpdateEvent = "update_calendar_event";
    internal const string DeleteEvent = "delete_calendar_event";
    internal const string GetAgenda = "get_agenda";
    internal const string FindFreeTime = "find_free_time";
    internal const string GetTime = "get_time";

    internal const string GetTeams = "get_teams";
    internal const string GetMembers = "get_team_members";
    internal const string CreateTeam = "create_team";
    internal const string CreateTeamTodo = "create_team_todo";
    internal const string AddMember = "add_team_member";
    internal const string RemoveMember = "remove_team_member";
    internal const string ChangeRole = "change_member_role";
    internal const string SearchUsers = "search_users";
}
