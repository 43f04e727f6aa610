using Convonet.Emulator;
using Convonet.Models;
using Convonet.Models.Claude;
using Convonet.Models.Gemini;
using Convonet.Models.OpenAI;
using Microsoft.Extensions.AI;

namespace Convonet.Server.Providers;

/// <summary>Makes the providers' models from keys and options, and starts the demo model where a key is missing.</summary>
internal static class ProviderSetup
{
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
            options.Model = FirstSet(configuration["GEMINI_MODEL"], options.Model)!;
        }).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<ClaudeOptions>().BindConfiguration(ClaudeOptions.Section).PostConfigure(options =>
        {
            options.ApiKey = FirstSet(options.ApiKey, configuration["ANTHROPIC_API_KEY"]);
            options.Model = FirstSet(configuration["ANTHROPIC_MODEL"], options.Model)!;
        }).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<OpenAIOptions>().BindConfiguration(OpenAIOptions.Section).PostConfigure(options =>
        {
            options.ApiKey = FirstSet(options.ApiKey, configuration["OPENAI_API_KEY"]);
            options.Model = FirstSet(configuration["OPENAI_MODEL"], options.Model)!;
        }).ValidateDataAnnotations().ValidateOnStart();

        var demo = configuration.GetSection(DemoOptions.Section).Get<DemoOptions>() ?? new();
        var emulator = demo.Enabled ? await EmulatorHost.StartAsync(new EmulatorOptions { FirstDelay = demo.FirstDelay, Gap = demo.Gap, Faults = demo.Faults }) : null;
        builder.Services.AddSingleton(services => new ProviderConnections(emulator, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(ProviderModels.Create);
        builder.Services.AddHostedService<ProviderWarmup>();
    }

    /// <summary>The tools as conversations run them: while the demo model answers, slowed so that people can see them work.</summary>
    public static IEnumerable<AIFunction> ToolsFor(ChatModels models, DemoOptions demo, IEnumerable<AIFunction> tools, TimeProvider time) =>
        models.Default.Emulated && demo.ToolDelay > TimeSpan.Zero ? tools.Select(tool => new SlowedTool(tool, demo.ToolDelay, time)) : tools;

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
