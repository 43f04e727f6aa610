using Convonet.Models;
using Convonet.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Convonet.Chaos.Serve;

/// <summary>The real server with a model of the campaign.</summary>
internal static class ServedApp
{
    /// <summary>Builds it on a free port of the loopback; it does not listen yet.</summary>
    /// <param name="database">The store.</param>
    /// <param name="model">What answers.</param>
    /// <param name="args">Options, as on the command line.</param>
    public static Task<WebApplication> BuildAsync(string database, IChatModel model, params IEnumerable<string> args) => ServerHost.BuildAsync(
        [.. Arguments(database), "--Convonet:Demo:Enabled", "false", .. args],
        builder =>
        {
            builder.Logging.ClearProviders();
            if (Environment.GetEnvironmentVariable("CONVONET_CHAOS_LOG") is { Length: > 0 })
            {
                // For people who look why a campaign fails.
                builder.Logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss.fff "));
                builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
            }

            builder.Services.AddSingleton(BlockingModel.Tool);
            builder.Services.AddSingleton(new ChatModels([new ProviderEntry(model, true, false)], "chaos", []));
        });

    /// <summary>What every server of a campaign is started with.</summary>
    public static IEnumerable<string> Arguments(string database) =>
    [
        "--urls", "http://127.0.0.1:0", "--contentRoot", AppContext.BaseDirectory, "--Convonet:Database", database,
        "--Convonet:Transport:DrainTime", "00:00:00", "--Convonet:Speech:MakePhrases", "false",
    ];
}
