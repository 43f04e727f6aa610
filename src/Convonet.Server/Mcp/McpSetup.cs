namespace Convonet.Server.Mcp;

/// <summary>Registers what MCP needs.</summary>
internal static class McpSetup
{
    /// <summary>Adds the configured MCP servers.</summary>
    /// <exception cref="InvalidOperationException">The configuration of one is wrong.</exception>
    public static void AddMcp(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<McpOptions>().BindConfiguration(McpOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        var configured = builder.Configuration[$"{McpOptions.Section}:{nameof(McpOptions.File)}"];
        var file = Path.Combine(builder.Environment.ContentRootPath, configured is { Length: > 0 } ? configured : new McpOptions().File);
        if (configured is { Length: > 0 } && !File.Exists(file))
        {
            throw new InvalidOperationException($"{McpOptions.Section}:{nameof(McpOptions.File)} names {file}, and there is no such file.");
        }

        var entries = McpConfiguration.Read(builder.Configuration, file, Environment.GetEnvironmentVariable);
        services.AddSingleton<IEnumerable<McpServerEntry>>(entries);
        services.AddSingleton<McpTransports>().AddSingleton<McpPins>().AddSingleton<McpOwner>().AddSingleton<McpServers>();
        services.AddHostedService(provider => provider.GetRequiredService<McpServers>());
    }
}
