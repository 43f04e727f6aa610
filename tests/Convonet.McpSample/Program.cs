using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

// An MCP server over standard input and output, for tests: it can crash, hang, change, and tell what it sees.
McpServerPrimitiveCollection<McpServerTool> tools = [];
tools.Add(Tool((string text) => $"You said: {text}", "echo", "Says what it is told.", isReading: true));
tools.Add(Tool(() => JsonSerializer.Serialize(new { Environment.ProcessId, Variables = Environment.GetEnvironmentVariables() }), "environment", "Tells what it sees.", isReading: true));
tools.Add(Tool((string text) => tools.TryAdd(Tool(() => "new", "added", text, isReading: true)), "change", "Adds a tool."));
tools.Add(Tool(() => Environment.Exit(7), "crash", "Ends the process."));

if (Environment.GetEnvironmentVariable("SAMPLE_PID_FILE") is { } file)
{
    File.WriteAllText(file, $"{Environment.ProcessId}");
}

await using var server = McpServer.Create(new StdioServerTransport("sample"), new McpServerOptions
{
    ServerInfo = new Implementation { Name = "sample", Version = "1" },
    ToolCollection = tools,
    ProtocolVersion = Environment.GetEnvironmentVariable("SAMPLE_REVISION"),
});
await server.RunAsync();

static McpServerTool Tool(Delegate method, string name, string description, bool isReading = false) =>
    McpServerTool.Create(method, new McpServerToolCreateOptions { Name = name, Description = description, ReadOnly = isReading });
