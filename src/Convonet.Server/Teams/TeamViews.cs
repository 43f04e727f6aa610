using System.ComponentModel;
using Convonet.Server.Store;

namespace Convonet.Server.Teams;

/// <summary>A team as one of its members sees it.</summary>
internal sealed record TeamView(
    Guid Id,
    string Name,
    string Description,
    [property: Description("The user's own role.")] TeamRole Role,
    [property: Description("How many people are in it.")] int Members)
{
    /// <summary>One line of a list for models.</summary>
    public string Line() => $"{Written.Quote(Name)} ({Role.Word()}, {Members} {(Members == 1 ? "member" : "members")}) id: {Id}";
}

/// <summary>Somebody in a team.</summary>
internal sealed record MemberView(Guid UserId, string Name, [property: Description("Null for the local owner without an account.")] string? Email, TeamRole Role)
{
    /// <summary>One line of a list for models.</summary>
    public string Line() => $"{Written.Quote(Name)} ({PersonView.Address(Email)}{Role.Word()}) id: {UserId}";
}

/// <summary>Somebody whom the user may know of.</summary>
internal sealed record PersonView(Guid UserId, string Name, string? Email)
{
    /// <summary>One line of a list for models.</summary>
    public string Line() => $"{Written.Quote(Name)} {(Email is null ? "" : $"({Address(Email).TrimEnd(',', ' ')}) ")}id: {UserId}";

    /// <summary>An address that something follows; it cannot hold anything that would end its line.</summary>
    public static string Address(string? email) => email is null ? "" : $"{Written.Quote(email)[1..^1]}, ";
}

/// <summary>A team to be made.</summary>
internal sealed record NewTeam
{
    [Description("Its name; at most 100 characters.")]
    public required string Name { get; init; }

    [Description("What it is for; at most 1000 characters.")]
    public string? Description { get; init; }
}

/// <summary>Somebody to be taken into a team.</summary>
internal sealed record NewMember
{
    [Description("E-mail address of the account.")]
    public required string Email { get; init; }

    [Description("owner, admin, member or viewer; member when left out.")]
    public TeamRole Role { get; init; } = TeamRole.Member;
}

/// <summary>Another role for somebody.</summary>
internal sealed record NewRole
{
    [Description("owner, admin, member or viewer.")]
    public required TeamRole Role { get; init; }
}
