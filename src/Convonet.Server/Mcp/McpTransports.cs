using Microsoft.Extensions.Options;
using ModelContextProtocol.Client;

namespace Convonet.Server.Mcp;

/// <summary>Connects to servers.</summary>
internal sealed partial class McpTransports(IOptions<McpOptions> options, TimeProvider time, ILogger<McpTransports> logger)
{
    /// <summary>How long a program may take to end by itself, and then to be ended.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    /// <summary>What a program needs besides what the package passes on; no key of ours is among them.</summary>
    private static readonly string[] MoreVariables = ["LANG", "LC_ALL", "TZ", "TMPDIR", "DOTNET_ROOT"];

    /// <summary>Connects to this server and greets it.</summary>
    public Task<McpLink> OpenAsync(McpServerEntry entry, CancellationToken cancellationToken) =>
        McpLink.OpenAsync(Create(entry), options.Value.StartLimit, time, cancellationToken);

    private IClientTransport Create(McpServerEntry entry) => entry.Way switch
    {
        McpWay.Stdio program => new StdioClientTransport(new StdioClientTransportOptions
        {
            Name = entry.Name,
            Command = program.Command,
            Arguments = [.. program.Arguments],
            WorkingDirectory = program.Folder,
            InheritEnvironmentVariables = false,
            EnvironmentVariables = EnvironmentFor(program),
            ShutdownTimeout = EndLimit,
            StandardErrorLines = line => LogSaid(entry.Name, line),
        }),
        McpWay.Http remote => new HttpClientTransport(
            new HttpClientTransportOptions
            {
                Name = entry.Name,
                Endpoint = remote.Address,
                AdditionalHeaders = new Dictionary<string, string>(remote.Headers),
            },
            McpHttp.Create(remote),
            ownsHttpClient: true),
        _ => throw new InvalidOperationException($"There is no way like {entry.Way.GetType().Name}."),
    };

    private static Dictionary<string, string?> EnvironmentFor(McpWay.Stdio program)
    {
        // The package's list: PATH, HOME and the like.
        var variables = StdioClientTransportOptions.GetDefaultEnvironmentVariables();
        foreach (var name in MoreVariables)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                variables[name] = value;
            }
        }

        foreach (var (name, value) in program.Environment)
        {
            variables[name] = value;
        }

        return variables;
    }

    // The package would log it as information; it may hold anything.
    [LoggerMessage(LogLevel.Debug, "MCP server {Server} says: {Line}")]
    private partial void LogSaid(string server, string line);
}
