using System.Globalization;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Transport;

/// <summary>
/// Takes no more connections than the system lets the process have files for: one that has none left cannot open its store either, and the runtime itself may end it.
/// </summary>
internal sealed partial class OpenFiles(ILogger<OpenFiles> logger) : IPostConfigureOptions<TransportOptions>
{
    /// <summary>For the store, calls to providers, and the runtime, which has some 370 files open before anybody comes.</summary>
    internal const int Reserve = 768;

    /// <summary>Connections that are no WebSockets: those are counted apart.</summary>
    private const int OtherConnections = 1_000;

    private const int Least = 16;
    private const string Limits = "/proc/self/limits";

    public void PostConfigure(string? name, TransportOptions options)
    {
        var limit = File.Exists(Limits) ? Parse(File.ReadAllText(Limits)) : null;
        var connections = Share(limit, options.MaxConnections);
        if (connections < options.MaxConnections)
        {
            LogFew(limit!.Value, connections, options.MaxConnections);
            options.MaxConnections = connections;
        }
    }

    /// <summary>Bounds what the web server has open at once.</summary>
    public static void Bound(KestrelServerOptions kestrel, TransportOptions transport)
    {
        // WebSockets are refused with an answer before this; what is idle otherwise must not add up for ever.
        var limit = File.Exists(Limits) ? Parse(File.ReadAllText(Limits)) : null;
        kestrel.Limits.MaxConcurrentConnections = kestrel.Limits.MaxConcurrentUpgradedConnections = Share(limit, transport.MaxConnections + OtherConnections);
    }

    /// <summary>How many connections of one of the two kinds, WebSockets and others, may be open.</summary>
    /// <param name="limit">Files that the process may have open; null when that is not known, or is not limited.</param>
    /// <param name="wanted">Connections that it would take.</param>
    internal static int Share(int? limit, int wanted) => limit is { } files ? Math.Clamp((files - Reserve) / 2, Math.Min(Least, wanted), wanted) : wanted;

    /// <summary>What <c>/proc/self/limits</c> says of open files.</summary>
    internal static int? Parse(string limits) =>
        limits.Split('\n').FirstOrDefault(static line => line.StartsWith("Max open files", StringComparison.Ordinal)) is { } line
        && int.TryParse(line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture, out var files) ? files : null;

    [LoggerMessage(LogLevel.Warning, "The system lets this process have {Limit} files open, so that it takes {Connections} WebSockets at most and not the {Wanted} of Convonet:Transport:MaxConnections. Raise it (ulimit -n).")]
    private partial void LogFew(int limit, int connections, int wanted);
}
