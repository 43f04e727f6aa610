using System.Text.Json.Serialization;

namespace Convonet.Server.Teams;

/// <summary>What somebody is in a team; each may do all that those before it may.</summary>
[JsonConverter(typeof(TeamRoleConverter))]
internal enum TeamRole
{
    /// <summary>Reads.</summary>
    [JsonStringEnumMemberName("viewer")]
    Viewer,

    /// <summary>Works on the team's todos.</summary>
    [JsonStringEnumMemberName("member")]
    Member,

    /// <summary>Also takes people in and sends them away.</summary>
    [JsonStringEnumMemberName("admin")]
    Admin,

    /// <summary>May do everything.</summary>
    [JsonStringEnumMemberName("owner")]
    Owner,
}

/// <summary>Roles are words; a number is none.</summary>
internal sealed class TeamRoleConverter() : JsonStringEnumConverter<TeamRole>(namingPolicy: null, allowIntegerValues: false);

/// <summary>Roles as the store keeps them.</summary>
internal static class TeamRoles
{
    /// <summary>The word for a role.</summary>
    public static string Word(this TeamRole role) => role.ToString().ToLowerInvariant();

    /// <summary>The role of a place in a team.</summary>
    public static TeamRole RoleOf(this TeamMember member) => Enum.Parse<TeamRole>(member.Role, ignoreCase: true);
}
