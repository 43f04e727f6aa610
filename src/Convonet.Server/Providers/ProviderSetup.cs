using Convonet.Emulator;
using Convonet.Models;
using Convonet.Models.Claude;
using Convonet.Models.Gemini;
using Convonet.Models.OpenAI;
using Microsoft.Extensions.AI;

namespace Convonet.Server.Providers;

/// <summary>Reads the providers' keys and options, and starts the demo model where a key is missing.</summary>
internal static class ProviderSetup
{
    private const string HttpAddress = "must be an address that begins with http:// or https://.";

    /// <summary>Registers the models. Starts the demo model first, because the models need its address.</summary>
    public static async Task AddProvidersAsync(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        builder.Services.AddOptions<ProviderOptions>().BindConfiguration(ProviderOptions.Section)
            .PostConfigure(options => options.Provider = FirstSet(options.Provider, configuration["LLM_PROVIDER"]));
        builder.Services.AddOptions<DemoOptions>().BindConfiguration(DemoOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<GeminiOptions>().BindConfiguration(GeminiOptions.Section).PostConfigure(options =>
        {
            options.ApiKey = FirstSet(options.ApiKey, configuration["GEMINI_API_KEY"], configuration["GOOGLE_API_KEY"]);
            options.Model = FirstSet(configuration[$"{GeminiOptions.Section}:Model"], configuration["GEMINI_MODEL"], options.Model)!;
        }).ValidateDataAnnotations().Validate(options => IsHttp(options.BaseAddress), $"{GeminiOptions.Section}:BaseAddress {HttpAddress}").ValidateOnStart();
        builder.Services.AddOptions<ClaudeOptions>().BindConfiguration(ClaudeOptions.Section).PostConfigure(options =>
        {
            options.ApiKey = FirstSet(options.ApiKey, configuration["ANTHROPIC_API_KEY"]);
            options.Model = FirstSet(configuration[$"{ClaudeOptions.Section}:Model"], configuration["ANTHROPIC_MODEL"], options.Model)!;
        }).ValidateDataAnnotations().Validate(options => IsHttp(options.BaseAddress), $"{ClaudeOptions.Section}:BaseAddress {HttpAddress}").ValidateOnStart();
        builder.Services.AddOptions<OpenAIOptions>().BindConfiguration(OpenAIOptions.Section).PostConfigure(options =>
        {
            options.ApiKey = FirstSet(options.ApiKey, configuration["OPENAI_API_KEY"]);
            options.Model = FirstSet(configuration[$"{OpenAIOptions.Section}:Model"], configuration["OPENAI_MODEL"], options.Model)!;
        }).ValidateDataAnnotations().Validate(options => IsHttp(options.BaseAddress), $"{OpenAIOptions.Section}:BaseAddress {HttpAddress}").ValidateOnStart();

        var demo = configuration.GetSection(DemoOptions.Section).Get<DemoOptions>() ?? new();
        var emulator = demo.Enabled && NeedsDemo(configuration) ? await StartDemoAsync(demo) : null;
        builder.Services.AddSingleton(services => new ProviderConnections(emulator, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(ProviderModels.Create);
        builder.Services.AddHostedService<ProviderWarmup>();
    }

    /// <summary>The tools as conversations run them: where the demo model is the default, slowed so that people can see them work.</summary>
    public static IEnumerable<AIFunction> ToolsFor(ChatModels models, DemoOptions demo, IEnumerable<AIFunction> tools, TimeProvider time) =>
        models.Default.Emulated && demo.ToolDelay > TimeSpan.Zero ? tools.Select(tool => new SlowedTool(tool, demo.ToolDelay, time)) : tools;

    private static bool IsHttp(Uri address) => address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);

    /// <summary>Whether a provider has neither a key nor an address of its own.</summary>
    private static bool NeedsDemo(ConfigurationManager configuration)
    {
        var gemini = FirstSet(configuration[$"{GeminiOptions.Section}:ApiKey"], configuration["GEMINI_API_KEY"], configuration["GOOGLE_API_KEY"]);
        var claude = FirstSet(configuration[$"{ClaudeOptions.Section}:ApiKey"], configuration["ANTHROPIC_API_KEY"]);
        var openAI = FirstSet(configuration[$"{OpenAIOptions.Section}:ApiKey"], configuration["OPENAI_API_KEY"]);
        return (gemini is null && configuration[$"{GeminiOptions.Section}:BaseAddress"] is null)
            || (claude is null && configuration[$"{ClaudeOptions.Section}:BaseAddress"] is null)
            || (openAI is null && configuration[$"{OpenAIOptions.Section}:BaseAddress"] is null);
    }

    private static Task<RunningEmulator> StartDemoAsync(DemoOptions demo) =>
        EmulatorHost.StartAsync(new EmulatorOptions { FirstDelay = demo.FirstDelay, Gap = demo.Gap, Faults = demo.Faults, Record = false });

    private static string? FirstSet(params ReadOnlySpan<string?> values)
    {
        foreach (var value in values)
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                return value.Trim();
            }
        }

        return null;
    }
}
