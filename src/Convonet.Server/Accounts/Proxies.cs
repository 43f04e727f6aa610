using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace Convonet.Server.Accounts;

/// <summary>The proxies in front of the server. They, and nobody else, are believed when they say from where and how a request came to them.</summary>
internal static class Proxies
{
    /// <summary>The option: IP addresses and networks, separated by commas.</summary>
    public const string Option = "Convonet:Proxies";

    /// <summary>Reads the option; without it there are none.</summary>
    /// <exception cref="FormatException">One is no address and no network, or means everybody.</exception>
    public static IReadOnlyList<IPNetwork> Of(IConfiguration configuration) =>
        [.. (configuration[Option] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Read)];

    /// <summary>
    /// Takes the client's address, the scheme and the host from the headers of these proxies, before anything else looks at them. Of a chain, as far back as
    /// its links are known; a host only if <c>AllowedHosts</c> has it.
    /// </summary>
    public static void UseProxies(this WebApplication app)
    {
        var proxies = Of(app.Configuration);
        if (proxies.Count == 0)
        {
            return;
        }

        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            ForwardLimit = null,
            AllowedHosts = Reach.AllowedHosts(app.Configuration),
        };

        // The framework believes the loopback unless it is told otherwise.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            options.KnownIPNetworks.Add(proxy);
        }

        app.UseForwardedHeaders(options);
    }

    private static IPNetwork Read(string text)
    {
        if (IPAddress.TryParse(text, out var address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == text))
        {
            return new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32);
        }

        return IPNetwork.TryParse(text, out var network) && network.PrefixLength > 0
            ? network
            : throw new FormatException($"{Option} takes IP addresses and networks such as 10.0.0.5 or 10.0.0.0/24, separated by commas; '{text}' is none.");
    }
}
