using Convonet.Conversations;
using Convonet.Server.Cluster;
using StackExchange.Redis;

namespace Convonet.Server.Answers;

/// <summary>Registers the cache of answers.</summary>
internal static class AnswersSetup
{
    public static void AddAnswers(this WebApplicationBuilder builder)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        services.AddOptions<CacheOptions>().BindConfiguration(CacheOptions.Section).ValidateDataAnnotations()
            .Validate(static options => options.Redis is null || IsRedis(options.Redis), $"{CacheOptions.Section}:Redis is not an address of Redis, for example localhost:6379.").ValidateOnStart();
        var options = configuration.GetSection(CacheOptions.Section).Get<CacheOptions>() ?? new();
        services.AddMemoryCache(memory => memory.SizeLimit = options.MaxMegabytes * 1024L * 1024);
        var redis = options.Redis ?? (configuration.IsCluster() ? (configuration.GetSection(ClusterOptions.Section).Get<ClusterOptions>() ?? new()).Redis : null);
        if (redis is not null && IsRedis(redis))
        {
            services.AddStackExchangeRedisCache(cache =>
            {
                cache.ConfigurationOptions = ConfigurationOptions.Parse(redis);
                cache.ConfigurationOptions.AbortOnConnectFail = false;
            });
        }

        services.AddHybridCache(hybrid => hybrid.MaximumPayloadBytes = AnswerCache.LargestBytes);
        services.AddSingleton<AnswerCache>();
        services.AddSingleton<IAnswerCache>(static provider => provider.GetRequiredService<AnswerCache>());
        services.AddHostedService<CommonQuestions>();
    }

    private static bool IsRedis(string configuration)
    {
        try
        {
            return ConfigurationOptions.Parse(configuration).EndPoints.Count > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
