using System.Globalization;
using Convonet.Server.Store;

namespace Convonet.Server.Todos;

/// <summary>A todo as the page sees it.</summary>
/// <param name="Id">Id.</param>
/// <param name="Title">What is to be done.</param>
/// <param name="Description">More about it.</param>
/// <param name="Priority"><c>low</c>, <c>medium</c>, <c>high</c> or <c>urgent</c>.</param>
/// <param name="DueDate">When it is due, on the user's clock: a day, or a day and a time.</param>
/// <param name="Completed">Whether it is done.</param>
/// <param name="TeamId">Its team; null for a private one.</param>
/// <param name="Team">The team's name.</param>
/// <param name="AssigneeId">Who is to do it; null for its owner.</param>
/// <param name="Assignee">That person's name.</param>
/// <param name="CreatedAt">When it was written down, in UTC.</param>
internal sealed record TodoView(
    Guid Id, string Title, string? Description, string Priority, string? DueDate, bool Completed, Guid? TeamId, string? Team, Guid? AssigneeId, string? Assignee, DateTime CreatedAt)
{
    /// <summary>One line of a list for models.</summary>
    public string Line() => $"{Written.Quote(Title)} ({(Completed ? "done" : "open")}, {Priority}{Details()}) id: {Id}";

    /// <summary>What was done to it, for models.</summary>
    public string Told(string verb) => $"{verb} todo {Written.Quote(Title)}{Details()}. id: {Id}";

    /// <summary>A due date in words for machines: a day without a time has none.</summary>
    public static string? Date(DateTime? due) =>
        due?.ToString(due.Value.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);

    private string Details() =>
        $"{(DueDate is null ? "" : $", due {DueDate}")}{(Team is null ? "" : $", team {Written.Quote(Team)}")}{(Assignee is null ? "" : $", assigned to {Written.Quote(Assignee)}")}";
}
