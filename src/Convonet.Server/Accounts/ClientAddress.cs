using System.Net;
using System.Net.Sockets;

namespace Convonet.Server.Accounts;

/// <summary>Where a request comes from, as far as limits go.</summary>
internal static class ClientAddress
{
    /// <summary>The address; of IPv6 the first half, because whoever has one address there has all of them.</summary>
    public static string Of(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address)
        {
            return "";
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return address.AddressFamily == AddressFamily.InterNetworkV6 && !IPAddress.IsLoopback(address)
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }
}
