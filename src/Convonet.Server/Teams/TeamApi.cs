using System.ComponentModel;
using System.Security.Claims;
using Convonet.Server.Http;
using Convonet.Server.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Convonet.Server.Teams;

/// <summary>Teams and people over HTTP.</summary>
internal static class TeamApi
{
    public static void MapTeams(this IEndpointRouteBuilder api)
    {
        var teams = api.MapGroup("/teams").WithTags("teams");
        teams.MapGet("", ListAsync).WithSummary("The teams that the user is in.");
        teams.MapPost("", CreateAsync).WithSummary("Makes a team; the user becomes its owner.")
            .ProducesProblem(StatusCodes.Status409Conflict);
        teams.MapGet("{id}", GetAsync).WithSummary("One team.");
        teams.MapDelete("{id}", DeleteAsync).WithSummary("Deletes a team with its todos; only an owner may.")
            .ProducesProblem(StatusCodes.Status403Forbidden);
        teams.MapGet("{id}/members", MembersAsync).WithSummary("Who is in a team, owners first.");
        teams.MapPost("{id}/members", AddMemberAsync).WithSummary("Takes somebody who has an account in; admins and owners may.")
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict);
        teams.MapPatch("{id}/members/{user_id}", ChangeRoleAsync).WithSummary("Gives a member another role; admins and owners may, and only owners touch owners.")
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict);
        teams.MapDelete("{id}/members/{user_id}", RemoveMemberAsync).WithSummary("Sends a member away, or leaves; the last owner stays.")
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict);
        api.MapGet("users", SearchAsync).WithTags("teams").WithSummary("Finds people in the user's teams by a part of their name or address, and anybody by the whole e-mail address; at most 10.");
    }

    private static async Task<Ok<IReadOnlyList<TeamView>>> ListAsync(ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.ReadAsync(user, (scope, token) => new TeamList(scope).ListAsync(token), cancellationToken));

    private static async Task<Created<TeamView>> CreateAsync(NewTeam wanted, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken)
    {
        var team = await store.WriteAsync(user, (scope, token) => new TeamList(scope).CreateAsync(wanted, token), cancellationToken);
        return TypedResults.Created($"/api/teams/{team.Id}", team);
    }

    private static async Task<Ok<TeamView>> GetAsync(PathId id, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.ReadAsync(user, (scope, token) => new TeamList(scope).GetAsync(id, token), cancellationToken));

    private static async Task<NoContent> DeleteAsync(PathId id, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken)
    {
        await store.WriteAsync(user, (scope, token) => new TeamList(scope).DeleteAsync(id, token), cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<IReadOnlyList<MemberView>>> MembersAsync(PathId id, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.ReadAsync(user, (scope, token) => new TeamPeople(scope).ListAsync(id, token), cancellationToken));

    private static async Task<Created<MemberView>> AddMemberAsync(PathId id, NewMember wanted, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken)
    {
        var member = await store.WriteAsync(user, (scope, token) => new TeamPeople(scope).AddAsync(id, wanted, token), cancellationToken);
        return TypedResults.Created($"/api/teams/{id.Value}/members/{member.UserId}", member);
    }

    private static async Task<Ok<MemberView>> ChangeRoleAsync(PathId id, PathId user_id, NewRole wanted, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.WriteAsync(user, (scope, token) => new TeamPeople(scope).ChangeRoleAsync(id, user_id, wanted.Role, token), cancellationToken));

    private static async Task<NoContent> RemoveMemberAsync(PathId id, PathId user_id, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken)
    {
        await store.WriteAsync(user, (scope, token) => new TeamPeople(scope).RemoveAsync(id, user_id, token), cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<IReadOnlyList<PersonView>>> SearchAsync(
        [Description("A part of a name or address, or a whole e-mail address.")] string? search, ClaimsPrincipal user, ConvonetStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.ReadAsync(user, (scope, token) => UserSearch.FindAsync(scope, nameof(search), search, token), cancellationToken));
}
