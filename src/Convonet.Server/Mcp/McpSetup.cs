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
        var file = builder.Configuration[$"{McpOptions.Section}:{nameof(McpOptions.File)}"] is { Length: > 0 } configured ? configured : new McpOptions().File;
        var entries = McpConfiguration.Read(builder.Configuration, Path.Combine(builder.Environment.ContentRootPath, file), Environment.GetEnvironmentVariable);
        services.AddSingleton<IEnumerable<McpServerEntry>>(entries);
        services.AddSingleton<McpTransports>().AddSingleton<McpPins>().AddSingleton<McpOwner>().AddSingleton<McpServers>();
        services.AddHostedService(provider => provider.GetRequiredService<McpServers>());
    }
}
