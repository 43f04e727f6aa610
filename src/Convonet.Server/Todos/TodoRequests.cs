using System.ComponentModel;

namespace Convonet.Server.Todos;

/// <summary>A todo to be made.</summary>
internal sealed record NewTodo
{
    [Description("What is to be done; at most 500 characters.")]
    public required string Title { get; init; }

    [Description("More about it; at most 4000 characters.")]
    public string? Description { get; init; }

    [Description("low, medium, high or urgent; medium when left out.")]
    public Importance Priority { get; init; } = Importance.Medium;

    [Description("When it is due, on the user's clock: yyyy-MM-dd or yyyy-MM-ddTHH:mm. Left out: no date.")]
    public string? DueDate { get; init; }

    [Description("A team that the user is in; left out: the todo is private.")]
    public Guid? TeamId { get; init; }

    [Description("Who is to do it; left out: its owner.")]
    public Guid? AssigneeId { get; init; }
}

/// <summary>What is to change of a todo. What is left out stays; null or an empty text takes away what need not be there.</summary>
internal sealed record TodoPatch
{
    [Description("What is to be done; at most 500 characters.")]
    public string? Title { get; set => field = value ?? ""; }

    [Description("More about it; null or \"\" takes it away.")]
    public string? Description { get; set => field = value ?? ""; }

    [Description("low, medium, high or urgent.")]
    public Importance? Priority { get; init; }

    [Description("When it is due, on the user's clock: yyyy-MM-dd or yyyy-MM-ddTHH:mm; null or \"\" takes the date away.")]
    public string? DueDate { get; set => field = value ?? ""; }

    [Description("Whether it is done.")]
    public bool? Completed { get; init; }

    [Description("Who is to do it: the id of somebody in its team; null or \"\" gives it back to its owner.")]
    public string? AssigneeId { get; set => field = value ?? ""; }
}
