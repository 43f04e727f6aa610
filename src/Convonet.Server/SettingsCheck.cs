using System.Reflection;
using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Models.Claude;
using Convonet.Models.Gemini;
using Convonet.Models.Health;
using Convonet.Models.OpenAI;
using Convonet.Server.Accounts;
using Convonet.Server.Answers;
using Convonet.Server.Cluster;
using Convonet.Server.Mcp;
using Convonet.Server.Providers;
using Convonet.Server.Speech;
using Convonet.Server.Store;
using Convonet.Server.Transport;
using Convonet.Server.Transport.SocketIo;
using Convonet.Server.Usage;
using Convonet.Speech;
using Convonet.Speech.Deepgram;
using Convonet.Speech.ElevenLabs;
using Convonet.Speech.Espeak;
using Convonet.Speech.Flite;
using Convonet.Speech.OpenAI;
using Convonet.Speech.Recognition.Clips;
using Convonet.Speech.Recognition.Deepgram;
using Convonet.Speech.Recognition.OpenAI;
using Convonet.Speech.Recognition.Pocketsphinx;
using Convonet.Tools;
using Convonet.Turns;
using Microsoft.Extensions.Options;

namespace Convonet.Server;

/// <summary>
/// Warns at the start of settings that have no effect: a misspelt option is not missed otherwise, and its default goes on working. And of a protection that is off, which nobody would notice either.
/// </summary>
internal sealed partial class SettingsCheck(IConfiguration configuration, ChatModels models, IOptions<ProviderOptions> providers, ToolCatalog tools, IOptions<ToolOptions> toolOptions, ILogger<SettingsCheck> logger) : IHostedService
{
    private const string Root = "Convonet";

    /// <summary>Options below <see cref="Root"/> that are read by themselves.</summary>
    private static readonly string[] Single = ["Database", "Proxies"];

    private static readonly Dictionary<string, Type> Sections = new(StringComparer.OrdinalIgnoreCase)
    {
        [AccountOptions.Section] = typeof(AccountOptions),
        [AdmissionOptions.Section] = typeof(AdmissionOptions),
        [AgentOptions.Section] = typeof(AgentOptions),
        [BreakerOptions.Section] = typeof(BreakerOptions),
        [BudgetOptions.Section] = typeof(BudgetOptions),
        [CacheOptions.Section] = typeof(CacheOptions),
        [ClaudeOptions.Section] = typeof(ClaudeOptions),
        [ClipOptions.Section] = typeof(ClipOptions),
        [ClusterOptions.Section] = typeof(ClusterOptions),
        [ConversationOptions.Section] = typeof(ConversationOptions),
        [DeepgramListenOptions.Section] = typeof(DeepgramListenOptions),
        [DeepgramSpeakOptions.Section] = typeof(DeepgramSpeakOptions),
        [DemoOptions.Section] = typeof(DemoOptions),
        [ElevenLabsOptions.Section] = typeof(ElevenLabsOptions),
        [EspeakOptions.Section] = typeof(EspeakOptions),
        [FliteOptions.Section] = typeof(FliteOptions),
        [GeminiOptions.Section] = typeof(GeminiOptions),
        [HedgingOptions.Section] = typeof(HedgingOptions),
        [McpOptions.Section] = typeof(McpOptions),
        [OpenAIListenOptions.Section] = typeof(OpenAIListenOptions),
        [OpenAIOptions.Section] = typeof(OpenAIOptions),
        [OpenAISpeechOptions.Section] = typeof(OpenAISpeechOptions),
        [PocketsphinxOptions.Section] = typeof(PocketsphinxOptions),
        [PriceOptions.Section] = typeof(PriceOptions),
        [RetentionOptions.Section] = typeof(RetentionOptions),
        [SocketIoOptions.Section] = typeof(SocketIoOptions),
        [SpeechOptions.Section] = typeof(SpeechOptions),
        [ToolOptions.Section] = typeof(ToolOptions),
        [TransportOptions.Section] = typeof(TransportOptions),
        [TurnOptions.Section] = typeof(TurnOptions),
    };

    /// <exception cref="InvalidOperationException">A setting with a name of its own has a value that it cannot have.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (Unprotected.Off is { } protection)
        {
            LogUnprotected(Unprotected.Variable, protection);
        }

        if (Faults(configuration.GetSection(Root)).FirstOrDefault() is { } fault)
        {
            throw new InvalidOperationException(fault);
        }

        if (Reach.AllowedHosts(configuration) is var hosts && !hosts.Any(static host => host == "*" || Reach.IsLoopback(host)))
        {
            LogHosts(string.Join(';', hosts));
        }

        foreach (var path in Unknown(configuration.GetSection(Root)))
        {
            LogUnknown(path);
        }

        foreach (var (option, name) in toolOptions.Value.Unknown([.. tools.Own.Select(static tool => tool.Name)]).Where(static one => !one.Name.Contains("__", StringComparison.Ordinal)))
        {
            LogNoTool(option, name);
        }

        // With no key at all the demo model answers for all of them, also as another provider's fallback.
        foreach (var name in providers.Value.FallbackNames.Where(name => models.Default.Configured && models.Find(name) is { Configured: false }))
        {
            LogNoKey(name);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Values that would be left out without a word.</summary>
    internal static IEnumerable<string> Faults(IConfigurationSection root) =>
        root.GetChildren().SelectMany(static section => Sections.TryGetValue(section.Path, out var type) ? NamedSettings.Faults(section, type) : []);

    /// <summary>The options that nothing reads.</summary>
    internal static IEnumerable<string> Unknown(IConfigurationSection root) => root.GetChildren().SelectMany(section =>
        Sections.TryGetValue(section.Path, out var type) ? Unknown(section, type)
        : Single.Contains(section.Key, StringComparer.OrdinalIgnoreCase) || Property(typeof(ProviderOptions), section.Key) is not null || Property(typeof(EngineChoice), section.Key) is not null ? []
        : [section.Path]);

    private static IEnumerable<string> Unknown(IConfigurationSection section, Type type) => section.GetChildren().SelectMany(child =>
        section.Path.Equals(McpOptions.Section, StringComparison.OrdinalIgnoreCase) && child.Key.Equals("Servers", StringComparison.OrdinalIgnoreCase) ? []
        : Property(type, child.Key) is not { } property ? [child.Path]
        : property.PropertyType == typeof(OwnerOptions) || property.PropertyType == typeof(KeyCertificateOptions) || property.PropertyType == typeof(BudgetLimit) ? Unknown(child, property.PropertyType)
        : []);

    private static PropertyInfo? Property(Type type, string name) => type.GetProperty(name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);

    [LoggerMessage(LogLevel.Warning, "{Variable} switches the protection '{Protection}' off: messages can be lost or doubled. It is for campaigns only; a server that people use must not have it.")]
    private partial void LogUnprotected(string variable, string protection);

    [LoggerMessage(LogLevel.Information, "AllowedHosts is {Hosts}: a request for any other host name is answered with 400, also one of this machine for localhost. Add ';localhost' to it if that is wanted, for health checks say.")]
    private partial void LogHosts(string hosts);

    [LoggerMessage(LogLevel.Warning, "There is no option '{Option}': it has no effect. Is it misspelt?")]
    private partial void LogUnknown(string option);

    [LoggerMessage(LogLevel.Warning, "{Option} names '{Name}', which is no tool of this server. If none of an MCP server is meant, it is misspelt.")]
    private partial void LogNoTool(string option, string name);

    [LoggerMessage(LogLevel.Warning, "Convonet:Fallback names '{Provider}', which has no key: it is not asked.")]
    private partial void LogNoKey(string provider);
}
