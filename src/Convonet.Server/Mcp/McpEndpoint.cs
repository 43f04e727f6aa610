using System.Text.Json;
using Convonet.Conversations;
using Convonet.Server.Accounts;
using Convonet.Server.Store;
using Convonet.Tools;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.AI;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Convonet.Server.Mcp;

/// <summary>Our own tools for other assistants: at <c>/mcp</c>, for whoever is signed in, as this user and by the same runner as in a conversation.</summary>
/// <remarks>The tools of the MCP servers that are plugged in here are not passed on: whoever agreed to them agreed to them here.</remarks>
internal static class McpEndpoint
{
    private const string Path = "/mcp";

    /// <summary>The longest request, in bytes.</summary>
    private const int MaxRequestBytes = 256 * 1024;

    /// <summary>A client that may send a call again gives it a key here; the second time it gets the first one's result.</summary>
    private const string IdempotencyKey = "convonet/idempotencyKey";

    private const int LongestKey = 200;

    public static void AddMcpEndpoint(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<McpCalls>();
        builder.Services.AddMcpServer(options =>
            {
                options.ServerInfo = new Implementation { Name = "Convonet", Version = typeof(McpEndpoint).Assembly.GetName().Version?.ToString(3) ?? "0" };
                options.ServerInstructions = "The user's todos, reminders, calendar and teams. Dates and times are on the user's clock.";
            })
            .WithHttpTransport(options => options.SessionMode = ModelContextProtocol.AspNetCore.HttpServerSessionMode.Stateless)
            .WithListToolsHandler((request, _) => ValueTask.FromResult(new ListToolsResult
            {
                Tools = [.. Service<ToolCatalog>(request.Services).Own.Select(tool => View(tool, Service<ToolRunner>(request.Services)))],
            }))
            .WithCallToolHandler(CallAsync);

        // The package tells of each call as information.
        builder.Logging.AddFilter("ModelContextProtocol", LogLevel.Warning);
    }

    public static void MapMcpEndpoint(this IEndpointRouteBuilder app) =>
        app.MapMcp(Path).RequireAuthorization().WithMetadata(new RequestSizeLimitAttribute(MaxRequestBytes)).ExcludeFromDescription();

    private static Tool View(AIFunction tool, ToolRunner runner)
    {
        var effect = ToolTraits.Of(tool).Effect;
        return new Tool
        {
            Name = tool.Name,
            Description = tool.Description,
            InputSchema = tool.JsonSchema,
            Annotations = new ToolAnnotations
            {
                ReadOnlyHint = effect == ToolEffect.None,

                // Where a conversation would ask the user first, the client is told to do so.
                DestructiveHint = effect != ToolEffect.None && runner.MustConfirm(tool.Name, voice: true),
                OpenWorldHint = effect == ToolEffect.Outside,
            },
        };
    }

    private static async ValueTask<CallToolResult> CallAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var (name, arguments) = (request.Params.Name, JsonSerializer.Serialize(request.Params.Arguments ?? new Dictionary<string, JsonElement>()));
        if (!Service<ToolCatalog>(request.Services).Own.Any(tool => tool.Name == name))
        {
            throw new McpProtocolException("There is no tool with this name.", McpErrorCode.InvalidParams);
        }

        var (user, key) = (request.User!.Id(), KeyOf(request.Params));
        var turn = key is null ? Guid.CreateVersion7() : TurnId.Of(user.ToString(), McpLedger.ConversationOf(user), key);
        var call = new ToolCall($"mcp_{turn:N}", name, arguments);
        var ledger = new McpLedger(Service<ConvonetStore>(request.Services), user, turn, key);
        var context = new ToolContext(call, McpLedger.ConversationOf(user), turn: 0) { Key = new CallKey(user.ToString(), turn, 0, 0), Ledger = ledger };
        var (runner, calls) = (Service<ToolRunner>(request.Services), Service<McpCalls>(request.Services));
        return ResultOf(key is null
            ? Refusal(call, runner) ?? await calls.RunForAsync(user, call, () => runner.RunAsync(call, context, cancellationToken))
            : await calls.RunAsync(turn, call, () => RunOnceAsync(context, ledger, runner, work => calls.RunForAsync(user, call, work)), cancellationToken));
    }

    /// <summary>Runs a call with a key, unless it ran before: of one that did, nobody is told that it did not for being one of too many.</summary>
    private static async Task<ToolResult> RunOnceAsync(ToolContext context, McpLedger ledger, ToolRunner runner, Func<Func<Task<ToolResult>>, Task<ToolResult>> bounded)
    {
        var call = context.Call;
        return await ledger.FindAsync(call, CancellationToken.None)
            ?? Refusal(call, runner)
            ?? await bounded(async () => await ledger.PlanAsync(new ToolInvocation(context.Key, call, runner.TraitsOf(call.Name)), CancellationToken.None)
                ?? await runner.RunAsync(call, context, CancellationToken.None));
    }

    /// <summary>What must not happen without the user's yes does not happen here, where nobody can be asked; a hint to the client is no yes.</summary>
    private static ToolResult? Refusal(ToolCall call, ToolRunner runner) => !runner.MustConfirm(call.Name, voice: false) ? null : new(
        call.Id, call.Name, ToolOutcome.Error, $"Not run: the user has to allow {call.Name} each time, and cannot be asked over MCP. Ask for it in a conversation with Convonet.", TimeSpan.Zero);

    private static string? KeyOf(CallToolRequestParams call)
    {
        if (call.Meta?[IdempotencyKey] is not { } given)
        {
            return null;
        }

        return given.GetValueKind() == JsonValueKind.String && given.GetValue<string>() is { Length: > 0 and <= LongestKey } key
            ? key
            : throw new McpProtocolException($"{IdempotencyKey} must be a text of 1 to {LongestKey} characters.", McpErrorCode.InvalidParams);
    }

    private static CallToolResult ResultOf(ToolResult result) => new()
    {
        Content = [new TextContentBlock { Text = result.Content }],
        IsError = result.IsError,
        StructuredContent = result.Data switch
        {
            { ValueKind: JsonValueKind.Object } data => data,

            // Clients of older revisions take objects only.
            { } data => JsonSerializer.SerializeToElement(new { items = data }),
            null => null,
        },
    };

    private static T Service<T>(IServiceProvider? services)
        where T : notnull => services!.GetRequiredService<T>();
}
