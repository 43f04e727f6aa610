using System.ComponentModel;
using System.Security.Claims;
using Convonet.Server.Accounts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Convonet.Server.Mcp;

/// <summary>Tells how the MCP servers are, and takes the owner's consent to what they have become.</summary>
internal static class McpApi
{
    public static void MapMcpServers(this IEndpointRouteBuilder api)
    {
        var mcp = api.MapGroup("/mcp").WithTags("mcp");
        mcp.MapGet("", GetAsync).WithSummary("How are the MCP servers, and what changed of their tools?");
        mcp.MapPost("{server}/accept", AcceptAsync).WithSummary("Agrees to a server's changed tools. For the owner only.");
    }

    private static async Task<Ok<McpServersView>> GetAsync(ClaimsPrincipal principal, McpServers servers, McpOwner owner, CancellationToken cancellationToken) => TypedResults.Ok(new McpServersView(
        await owner.FindAsync(cancellationToken) == principal.Id(),
        [.. servers.All.Select(server => View(server.Name, server.State))]));

    private static async Task<Results<NoContent, ProblemHttpResult>> AcceptAsync(
        [Description("Name of the server.")] string server, AcceptRequest request, ClaimsPrincipal principal, McpServers servers, McpOwner owner, CancellationToken cancellationToken)
    {
        if (await owner.FindAsync(cancellationToken) != principal.Id())
        {
            return TypedResults.Problem("Only the owner of this Convonet server can agree to that.", statusCode: StatusCodes.Status403Forbidden);
        }

        if (servers.All.FirstOrDefault(one => one.Name.Equals(server, StringComparison.OrdinalIgnoreCase)) is not { } found)
        {
            return TypedResults.Problem("There is no MCP server with this name.", statusCode: StatusCodes.Status404NotFound);
        }

        return await found.AcceptAsync(request.Hash ?? "", cancellationToken)
            ? TypedResults.NoContent()
            : TypedResults.Problem("These are not the tools that wait for consent (any more): look at them again.", statusCode: StatusCodes.Status409Conflict);
    }

    private static McpServerView View(string name, McpServerState state) =>
        new(name, state.Status.ToString().ToLowerInvariant(), state.Tools, state.Why, state.NextTry, state.Change);

    /// <summary>Agrees to a change.</summary>
    /// <param name="Hash">The change's hash, so that nobody agrees to what they have not seen.</param>
    internal sealed record AcceptRequest(string? Hash);
}

/// <summary>The MCP servers.</summary>
/// <param name="IsOwner">Whether whoever asks can agree to changes.</param>
/// <param name="Servers">The servers.</param>
internal sealed record McpServersView(bool IsOwner, IReadOnlyList<McpServerView> Servers);

/// <summary>An MCP server.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status"><c>starting</c>, <c>up</c>, <c>down</c> or <c>changed</c>.</param>
/// <param name="Tools">The tools that it offers now.</param>
/// <param name="Why">What is wrong with it.</param>
/// <param name="NextTry">When it is tried again.</param>
/// <param name="Change">What the owner has to agree to.</param>
internal sealed record McpServerView(string Name, string Status, IReadOnlyList<string> Tools, string? Why, DateTimeOffset? NextTry, McpChange? Change);
