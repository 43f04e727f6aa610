using System.Net;
using Convonet.Conversations;
using Convonet.Server.Conversations;
using Convonet.Server.Store;
using Orleans.Configuration;
using StackExchange.Redis;

namespace Convonet.Server.Cluster;

/// <summary>Makes this server one of several that share conversations.</summary>
internal static class ClusterSetup
{
    private const string Redis = "Redis";

    /// <summary>A call to a node that is dead, or stands still, must not hang for the usual 30 s.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The same for the cluster's own calls, such as where a grain is: whoever needs that asks again.</summary>
    private static readonly TimeSpan SystemResponseTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Whether this server is one of several.</summary>
    public static bool IsCluster(this IConfiguration configuration) => configuration[ClusterOptions.Section] is { Length: > 0 };

    /// <summary>Finds conversations here, or, with <c>Convonet:Cluster</c> = <c>Redis</c>, at whatever node owns them.</summary>
    public static void AddConversationDirectory(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<LocalConversationDirectory>();
        if (builder.Configuration.IsCluster())
        {
            builder.AddCluster();
        }
        else
        {
            services.AddSingleton<IConversationDirectory>(provider => provider.GetRequiredService<LocalConversationDirectory>());
            services.AddHostedService<TurnTakeUp>();
        }
    }

    private static void AddCluster(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var options = configuration.GetSection(ClusterOptions.Section).Get<ClusterOptions>() ?? new();
        Check(configuration, options);
        var services = builder.Services;
        services.AddOptions<ClusterOptions>().BindConfiguration(ClusterOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(NodeIdentity.New(Environment.MachineName, options.Port));
        builder.UseOrleans(silo => Configure(silo, options));
        services.AddSingleton<LostNode.EndProcess>(LostNode.Kill);
        services.AddSingleton<IFatalErrorHandler, LostNode>();
        services.AddSingleton<ClusterConversationDirectory>();
        services.AddSingleton<IConversationDirectory>(provider => provider.GetRequiredService<ClusterConversationDirectory>());
        services.AddSingleton<NodeLease>();
        services.AddSingleton<MembershipChanges>();
        services.AddHostedService(static provider => provider.GetRequiredService<NodeLease>());
        services.AddHostedService<TakeOver>();
        services.AddHostedService<ClusterFeed>();
        services.AddHostedService<CutOffNode>();
        services.AddHostedService<MembershipCopy>();
    }

    private static void Configure(ISiloBuilder silo, ClusterOptions options)
    {
        silo.UseRedisClustering(redis =>
        {
            redis.ConfigurationOptions = ConfigurationOptions.Parse(options.Redis);
            redis.ConfigurationOptions.AbortOnConnectFail = false;
        });
        silo.Configure<Orleans.Configuration.ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.Name, options.Name));
        silo.ConfigureEndpoints(IPAddress.Parse(options.Address), options.Port, gatewayPort: 0);
        silo.Configure<SiloMessagingOptions>(messaging =>
        {
            (messaging.ResponseTimeout, messaging.SystemResponseTimeout) = (ResponseTimeout, SystemResponseTimeout);

            // Whoever looks for an owner asks again by itself. The usual pauses, which double, would go on for up to a second after a node is known to be dead.
            messaging.PlacementRetryBaseDelay = RemoteConversation.Pause / 2;
        });
        silo.AddPlacementDirector<OwnerPlacement, OwnerPlacementDirector>();
        silo.Configure<ConnectionOptions>(connection => connection.OpenConnectionTimeout = TimeSpan.FromSeconds(1));
        silo.Configure<GrainCollectionOptions>(grains => grains.CollectionAge = TimeSpan.FromMinutes(5));
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            // A node that is taken for dead too soon costs its clients a moment, and nothing else: the fence sees to that. So the nodes are quick to say so.
            // Two probes that a node does not answer, and three that it does not answer another node: 1.9 to 2.4 s. One that does not listen any more is dead within a second.
            membership.ProbeTimeout = TimeSpan.FromMilliseconds(450);
            membership.MaxProbeTimeout = TimeSpan.FromMilliseconds(675);
            membership.NumMissedProbesLimit = 3;
            membership.NumVotesForDeathDeclaration = 1;
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        });
    }

    private static void Check(ConfigurationManager configuration, ClusterOptions options)
    {
        if (configuration[ClusterOptions.Section] != Redis)
        {
            throw new InvalidOperationException($"Convonet:Cluster is '{Redis}', or empty for a server that is alone.");
        }

        if (!StoreSetup.IsPostgres(configuration["Convonet:Database"] ?? ""))
        {
            throw new InvalidOperationException("Several nodes need PostgreSQL: name it in Convonet:Database ('Host=…;Database=…'), the same for each.");
        }

        if (!IPAddress.TryParse(options.Address, out _))
        {
            throw new InvalidOperationException("Convonet:Cluster:Address is the IP address of this node that the other nodes reach.");
        }

        var redis = ConfigurationOptions.Parse(options.Redis);
        if (redis.Password is null or "" && !redis.EndPoints.All(IsLoopback))
        {
            throw new InvalidOperationException("Convonet:Cluster:Redis needs a password unless it is on this machine: 'host:6379,password=…'.");
        }
    }

    private static bool IsLoopback(EndPoint end) => end switch
    {
        IPEndPoint ip => IPAddress.IsLoopback(ip.Address),
        DnsEndPoint name => name.Host == "localhost",
        _ => true,
    };
}
