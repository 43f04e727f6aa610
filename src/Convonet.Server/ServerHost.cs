using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Models.Health;
using Convonet.Server.Accounts;
using Convonet.Server.Answers;
using Convonet.Server.Calendar;
using Convonet.Server.Cluster;
using Convonet.Server.Conversations;
using Convonet.Server.Http;
using Convonet.Server.Mcp;
using Convonet.Server.Providers;
using Convonet.Server.Reminders;
using Convonet.Server.Speech;
using Convonet.Server.Store;
using Convonet.Server.Teams;
using Convonet.Server.Telemetry;
using Convonet.Server.Todos;
using Convonet.Server.Transport;
using Convonet.Server.Transport.SocketIo;
using Convonet.Server.Transport.WebSockets;
using Convonet.Server.Usage;
using Convonet.Streams;
using Convonet.Tools;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Convonet.Server;

/// <summary>Puts the server together.</summary>
internal static class ServerHost
{
    private const string DefaultAddress = "http://localhost:5080";
    private const int LargestRequestBytes = 128 * 1024;

    /// <summary>Builds the server; it does not listen yet.</summary>
    /// <param name="args">Command line: any option as <c>--Convonet:Section:Name value</c>.</param>
    /// <param name="configure">Called last, for tests.</param>
    public static async Task<WebApplication> BuildAsync(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        FailPoint.ReadEnvironment();
        var builder = CreateBuilder(args);
        if (string.IsNullOrWhiteSpace(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
        {
            builder.WebHost.UseUrls(DefaultAddress);
        }

        KeepThreadsForTurns();

        // Whoever does not read what is printed must not stop what is done: lines are dropped then, and how many is said later.
        builder.Services.Configure<ConsoleLoggerOptions>(static console => console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddTelemetry();
        builder.AddStore();
        builder.AddAccounts();
        builder.AddTools();
        builder.AddMcp();
        builder.AddMcpEndpoint();
        builder.AddUsage();
        builder.AddAnswers();
        builder.AddConversations();
        builder.AddSpeech();
        builder.AddTransport();
        await builder.AddProvidersAsync();
        builder.Services.AddHostedService<SettingsCheck>();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.Lifetime.ApplicationStopping.Register(app.Services.GetRequiredService<TurnAdmission>().Close);
        app.UseProxies();
        app.UsePageHeaders();
        app.UseStatusCodePages();
        app.UseApiErrors();
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.UseHealthChecks("/healthz", new HealthCheckOptions { Predicate = static _ => false });
        app.UseHealthChecks("/readyz");
        app.UseWebSockets();
        app.UseBetterElsewhere();
        app.UseRouting();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseRequestOrigins();
        app.UseAuthorization();
        app.MapVoice("/voice");
        _ = app.Services.GetRequiredService<LostSessions>(); // Its time is the process's.
        app.MapSocketIo("/voice", VoiceSocketIo.AcceptAsync);
        app.MapEventSchema();
        app.MapMcpEndpoint();
        app.MapApi();
        app.MapOpenApi();
        app.MapScalarPage();
        return app;
    }

    /// <summary>The features, for whoever is signed in.</summary>
    private static void MapApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api").WithKnownParametersOnly().RequireAuthorization().WithMetadata(new RequestSizeLimitAttribute(LargestRequestBytes));
        api.MapAccount();
        api.MapProviders();
        api.MapConversations();
        api.MapTodos();
        api.MapReminders();
        api.MapCalendar();
        api.MapTeams();
        api.MapChanges();
        api.MapMcpServers();
        api.MapUsage();
    }

    /// <summary>
    /// Where the settings, the page and the database are: the working directory if it holds the settings (as with <c>dotnet run</c>), else
    /// the program's own folder, so that a published server may be started from anywhere. <c>--contentRoot</c> says otherwise.
    /// </summary>
    private static string? ContentRoot(string[] args) =>
        args.Any(arg => arg.TrimStart('-').StartsWith(WebHostDefaults.ContentRootKey, StringComparison.OrdinalIgnoreCase)) || File.Exists("appsettings.json")
            ? null
            : AppContext.BaseDirectory;

    private static WebApplicationBuilder CreateBuilder(string[] args)
    {
        string root;
        try
        {
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = ContentRoot(args) });
            root = builder.Environment.ContentRootPath;
            if (File.Exists(Path.Combine(root, "appsettings.json")))
            {
                return builder;
            }
        }
        catch (DirectoryNotFoundException error)
        {
            // All that it says is the path.
            root = error.Message;
        }

        throw new InvalidOperationException($"there is no appsettings.json in {root}. Start it in the folder with appsettings.json and wwwroot, or name that folder with --contentRoot.");
    }

    /// <summary>Tools share the thread pool with everything else, and some block: with more threads at hand they do not hold up other people's words.</summary>
    private static void KeepThreadsForTurns()
    {
        const int AtLeast = 64;
        ThreadPool.GetMinThreads(out var workers, out var completionPorts);
        ThreadPool.SetMinThreads(Math.Max(workers, AtLeast), completionPorts);
    }

    private static void AddTools(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<ToolOptions>().BindConfiguration(ToolOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<CalendarLink>();
        services.AddSingleton<ReminderClock>();
        services.AddHostedService(static provider => provider.GetRequiredService<ReminderClock>());
        services.AddSingleton(provider => new ToolCatalog(
            ProviderSetup.ToolsFor(
                provider.GetRequiredService<ChatModels>(),
                provider.GetRequiredService<IOptions<DemoOptions>>().Value,
                [
                    .. TodoTools.All(),
                    .. TeamTools.All(),
                    .. ReminderTools.All(),
                    .. CalendarTools.All(),
                    .. provider.GetServices<AIFunction>(),
                ],
                provider.GetRequiredService<TimeProvider>())));
        services.AddSingleton(provider => new ToolRunner(
            provider.GetRequiredService<ToolCatalog>(),
            provider.GetRequiredService<IOptions<ToolOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<StrayTasks>(),
            provider.GetRequiredService<ILogger<ToolRunner>>(),
            provider));
    }

    private static void AddConversations(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<AgentOptions>().BindConfiguration(AgentOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<HedgingOptions>().BindConfiguration(HedgingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<BreakerOptions>().BindConfiguration(BreakerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ConversationOptions>().BindConfiguration(ConversationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<AdmissionOptions>().BindConfiguration(AdmissionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => new TurnAdmission(provider.GetRequiredService<IOptions<AdmissionOptions>>().Value));
        services.AddSingleton<StrayTasks>();
        services.AddSingleton(provider => new ProviderHealth(provider.GetRequiredService<IOptions<BreakerOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<AgentGraph>(
            provider, provider.GetRequiredService<IOptions<AgentOptions>>().Value, provider.GetRequiredService<IOptions<HedgingOptions>>().Value));
        services.AddSingleton<TextJournal>();
        services.AddHostedService(static provider => provider.GetRequiredService<TextJournal>());
        services.AddSingleton<IConversationStore, ConversationStore>();
        services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<ConversationServices>(provider, provider.GetRequiredService<IOptions<ConversationOptions>>().Value) with
            {
                Store = provider.GetRequiredService<IConversationStore>(),
                Admission = provider.GetRequiredService<TurnAdmission>(),
                Facts = ActivatorUtilities.CreateInstance<UserFacts>(provider),
                Answers = AnswersOf(provider),
                Prices = provider.GetRequiredService<PriceTable>(),
                Budget = provider.GetRequiredService<UserBudget>(),
                Usage = provider.GetRequiredService<IUsageLog>(),
            });
        builder.AddConversationDirectory();
        services.AddSingleton<ConversationLibrary>();
        services.AddHostedService<ConversationSweep>();
        services.AddHostedService<AdmissionWatch>();
        services.AddSingleton<Func<MemoryUse>>(MemoryUse.Now);
        services.AddHostedService<MemoryWatch>();
        services.AddHostedService<TurnRehearsal>();
        services.AddHostedService<TurnWarmup>();
    }

    /// <summary>Without anything to keep, no turn looks.</summary>
    private static IAnswerCache? AnswersOf(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<CacheOptions>>().Value is { FirstTurns: false, Questions.Count: 0 } ? null : provider.GetRequiredService<IAnswerCache>();

    private static void AddTransport(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<TransportOptions>().BindConfiguration(TransportOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<SocketIoOptions>().BindConfiguration(SocketIoOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ConnectionBell>().AddSingleton<VoiceAccounts>().AddSingleton<VoiceDoor>().AddSingleton<LostSessions>();
        services.AddSingleton<BetterElsewhere>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<VoiceServices>(provider, provider.GetRequiredService<IOptions<TransportOptions>>().Value));
        services.AddOptions<WebSocketOptions>().Configure<IOptions<TransportOptions>>(static (options, transport) =>
        {
            // A client that does not answer pings is gone.
            options.KeepAliveInterval = transport.Value.KeepAliveInterval;
            options.KeepAliveTimeout = transport.Value.KeepAliveTimeout;
        });
        services.AddSingleton<IPostConfigureOptions<TransportOptions>, OpenFiles>();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<TransportOptions>>(static (kestrel, transport) =>
        {
            OpenFiles.Bound(kestrel, transport.Value);
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });
        builder.WebHost.UseSockets(options => options.CreateBoundListenSocket = static endpoint =>
        {
            // Left alone, the system keeps up to some megabytes for a client that does not read.
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.SendBufferSize = 64 * 1024;
            return socket;
        });
        services.AddApi();
    }
}
