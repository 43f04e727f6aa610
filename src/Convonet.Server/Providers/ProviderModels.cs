using Convonet.Models;
using Convonet.Models.Claude;
using Convonet.Models.Gemini;
using Convonet.Models.OpenAI;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Providers;

/// <summary>Makes each provider's model: the real one where a key or an address of one's own is set, else one that talks to the demo model.</summary>
internal static class ProviderModels
{
    /// <summary>What stands in for a key where the demo model, or a server of one's own, wants none.</summary>
    private const string NoKey = "none";

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

    /// <summary>Whether the real provider is meant: a key is set, or an address of one's own, which may want no key (Ollama, a gateway).</summary>
    public static bool IsConfigured(string? key, Uri address, Uri ownAddress) =>
        key is not null || address.ToString().TrimEnd('/') != ownAddress.ToString().TrimEnd('/');

    private static ProviderEntry? CreateGemini(IServiceProvider services, ProviderConnections connections)
    {
        var options = services.GetRequiredService<IOptions<GeminiOptions>>().Value;
        var configured = IsConfigured(options.ApiKey, options.BaseAddress, new GeminiOptions().BaseAddress);
        if (!configured && connections.Demo is null)
        {
            return null;
        }

        options.BaseAddress = configured ? options.BaseAddress : connections.Demo!;
        options.ApiKey ??= NoKey;
        var model = new GeminiChatModel(
            connections.For("gemini", options.BaseAddress), options, services.GetRequiredService<ILogger<GeminiChatModel>>(), connections.Time);
        return new ProviderEntry(model, configured, !configured);
    }

    private static ProviderEntry? CreateClaude(IServiceProvider services, ProviderConnections connections)
    {
        var options = services.GetRequiredService<IOptions<ClaudeOptions>>().Value;
        var configured = IsConfigured(options.ApiKey, options.BaseAddress, new ClaudeOptions().BaseAddress);
        if (!configured && connections.Demo is null)
        {
            return null;
        }

        options.BaseAddress = configured ? options.BaseAddress : connections.Demo!;
        options.ApiKey ??= NoKey;
        var model = new ClaudeChatModel(
            connections.For("claude", options.BaseAddress), options, services.GetRequiredService<ILogger<ClaudeChatModel>>(), connections.Time);
        return new ProviderEntry(model, configured, !configured);
    }

    private static ProviderEntry? CreateOpenAI(IServiceProvider services, ProviderConnections connections)
    {
        var options = services.GetRequiredService<IOptions<OpenAIOptions>>().Value;
        var configured = IsConfigured(options.ApiKey, options.BaseAddress, new OpenAIOptions().BaseAddress);
        if (!configured && connections.Demo is null)
        {
            return null;
        }

        if (!configured)
        {
            // The demo speaks what production speaks.
            (options.BaseAddress, options.Api) = (new Uri(connections.Demo!, "v1"), OpenAIApi.Responses);
        }

        options.ApiKey ??= NoKey;
        var model = OpenAIModelFactory.Create(connections.For("openai", options.BaseAddress), options, services.GetRequiredService<ILoggerFactory>(), connections.Time);
        return new ProviderEntry(model, configured, !configured);
    }

    private static OptionsValidationException Invalid(string message) => new(ProviderOptions.Section, typeof(ProviderOptions), [message]);
}
