using Convonet.Server.Mcp;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Mcp;

/// <summary>Looks into a server that MCP servers are plugged into.</summary>
internal static class McpFixture
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The options with which the sample program is plugged in, as <c>sample</c>.</summary>
    public static IEnumerable<string> Sample { get; } =
        ["--mcpServers:sample:command", "dotnet", "--mcpServers:sample:args:0", Repository.PathOf("artifacts", "bin", "Convonet.McpSample", Configuration, "Convonet.McpSample.dll")];

    /// <summary>The name of the folder in which this build's programs are.</summary>
    public static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Name;

    /// <summary>The connection to an MCP server.</summary>
    public static McpServerConnection Mcp(this TestServer server, string name = "fake") =>
        server.Services.GetRequiredService<McpServers>().All.Single(one => one.Name == name);

    /// <summary>The names of the tools that models are told of and that are not ours.</summary>
    public static IEnumerable<string> GuestTools(this TestServer server)
    {
        var catalog = server.Services.GetRequiredService<ToolCatalog>();
        return catalog.All.Select(tool => tool.Name).Except(catalog.Own.Select(tool => tool.Name));
    }

    /// <summary>Waits until a server is so.</summary>
    public static async Task<McpServerState> UntilAsync(this McpServerConnection server, Func<McpServerState, bool> wanted)
    {
        var seen = new TaskCompletionSource<McpServerState>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (server.State is var state && wanted(state))
            {
                seen.TrySetResult(state);
            }
        }

        server.StateChanged += Look;
        try
        {
            Look();
            return await seen.Task.WaitAsync(TestServer.Patience, Token);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{server.Name} is {server.State}.");
        }
        finally
        {
            server.StateChanged -= Look;
        }
    }

    public static Task<McpServerState> UntilAsync(this McpServerConnection server, McpStatus status) => server.UntilAsync(state => state.Status == status);

    /// <summary>Calls a tool as a turn of the local owner would.</summary>
    public static Task<ToolResult> CallAsync(this TestServer server, string tool, string arguments = "{}", Action<string>? report = null, CancellationToken? stop = null)
    {
        var call = new ToolCall("call_1_0_0", tool, arguments);
        var context = new ToolContext(call, "c_1", 1, report) { Key = new CallKey(server.OwnerId.ToString(), Guid.Parse("00000000-0000-0000-0000-000000000001"), 0, 0) };
        return server.Services.GetRequiredService<ToolRunner>().RunAsync(call, context, stop ?? Token);
    }
}
