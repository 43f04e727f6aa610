using System.Net;
using System.Net.Sockets;

namespace Convonet.Server.Mcp;

/// <summary>Tells addresses of the public internet from those that lead into this machine or its networks.</summary>
/// <remarks>The ranges are those of the IANA special-purpose registries, and two more that clouds use for their metadata services.</remarks>
internal static class PublicAddress
{
    private static readonly IPNetwork[] NotPublic = [.. new[]
    {
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32", // Azure's own services, on an address that looks public
        "2001::/23", // Teredo, ORCHID and other protocol assignments
        "2001:db8::/32", "3fff::/20", "2620:4f:8000::/48",
    }.Select(IPNetwork.Parse)];

    /// <summary>All that is routed on the public internet so far; loopback, link-local, unique-local and multicast are outside it.</summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>Whether an address is on the public internet, and an IPv4 address within it too.</summary>
    public static bool Is(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address.AddressFamily == AddressFamily.InterNetwork && !NotPublic.Any(network => network.Contains(address));
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return Is(address.MapToIPv4());
        }

        var bytes = address.GetAddressBytes();
        return Nat64.Contains(address) ? Is(new IPAddress(bytes.AsSpan(12, 4)))
            : SixToFour.Contains(address) ? Is(new IPAddress(bytes.AsSpan(2, 4)))
            : GlobalUnicast.Contains(address) && !NotPublic.Any(network => network.Contains(address));
    }
}
