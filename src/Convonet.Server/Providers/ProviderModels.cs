using Convonet.Models;
using Convonet.Models.Claude;
using Convonet.Models.Gemini;
using Convonet.Models.OpenAI;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Providers;

/// <summary>Makes each provider's model: the real one where a key or an address of one's own is set, else one that talks to the demo model.</summary>
internal static class ProviderModels
{
    private const string DemoKey = "demo";

    /// <summary>Makes all models.</summary>
    /// <exception cref="OptionsValidationException">There is no provider, or a name is not one.</exception>
    public static ChatModels Create(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<ProviderOptions>>().Value;
        var connections = services.GetRequiredService<ProviderConnections>();
        ProviderEntry?[] all = [CreateGemini(services, connections), CreateClaude(services, connections), CreateOpenAI(services, connections)];
        ProviderEntry[] entries = [.. all.OfType<ProviderEntry>()];
        if (entries.Length == 0)
        {
            throw Invalid("No provider: set GEMINI_API_KEY, ANTHROPIC_API_KEY or OPENAI_API_KEY, or let the demo model answer (Convonet:Demo:Enabled).");
        }

        try
        {
            var first = entries.FirstOrDefault(entry => entry.Configured) ?? entries[0];
            return new ChatModels(entries, options.Provider ?? first.Name, options.FallbackNames);
        }
        catch (ArgumentException error)
        {
            throw Invalid(error.Message);
        }
    }

    private static ProviderEntry? CreateGemini(IServiceProvider services, ProviderConnections connections)
    {
        var options = services.GetRequiredService<IOptions<GeminiOptions>>().Value;
        var configured = options.ApiKey is not null;
        if (!configured && connections.Demo is null)
        {
            return null;
        }

        if (!configured)
        {
            (options.ApiKey, options.BaseAddress) = (DemoKey, connections.Demo!);
        }

        var model = new GeminiChatModel(
            connections.For("gemini", options.BaseAddress), options, services.GetRequiredService<ILogger<GeminiChatModel>>(), connections.Time);
        return new ProviderEntry(model, configured, !configured);
    }

    private static ProviderEntry? CreateClaude(IServiceProvider services, ProviderConnections connections)
    {
        var options = services.GetRequiredService<IOptions<ClaudeOptions>>().Value;
        var configured = options.ApiKey is not null;
        if (!configured && connections.Demo is null)
        {
            return null;
        }

        if (!configured)
        {
            (options.ApiKey, options.BaseAddress) = (DemoKey, connections.Demo!);
        }

        var model = new ClaudeChatModel(
            connections.For("claude", options.BaseAddress), options, services.GetRequiredService<ILogger<ClaudeChatModel>>(), connections.Time);
        return new ProviderEntry(model, configured, !configured);
    }

    private static ProviderEntry? CreateOpenAI(IServiceProvider services, ProviderConnections connections)
    {
        var options = services.GetRequiredService<IOptions<OpenAIOptions>>().Value;

        // A compatible server of one's own, such as Ollama, may need no key.
        var configured = options.ApiKey is not null || options.BaseAddress != new OpenAIOptions().BaseAddress;
        if (!configured && connections.Demo is null)
        {
            return null;
        }

        if (!configured)
        {
            options.BaseAddress = new Uri(connections.Demo!, "v1");
            options.Api = OpenAIApi.Responses;
        }

        options.ApiKey ??= DemoKey;
        var model = OpenAIModelFactory.Create(connections.For("openai", options.BaseAddress), options, services.GetRequiredService<ILoggerFactory>(), connections.Time);
        return new ProviderEntry(model, configured, !configured);
    }

    private static OptionsValidationException Invalid(string message) => new(ProviderOptions.Section, typeof(ProviderOptions), [message]);
}
