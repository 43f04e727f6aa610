using System.Net;

namespace Convonet.Server.Accounts;

/// <summary>From where the server can be reached, as it is configured.</summary>
/// <param name="Beyond">What lets other machines in, for people; null when only this machine can reach the server.</param>
internal sealed record Reach(string? Beyond)
{
    /// <summary>Whether only this machine can reach the server.</summary>
    public bool IsLocal => Beyond is null;

    /// <summary>
    /// Reads it from the addresses to listen on, from the proxies that stand in front, and from the host names that requests may carry: with others than this
    /// machine's, a proxy that nobody told of stands in front.
    /// </summary>
    /// <exception cref="InvalidOperationException">An address is none.</exception>
    public static Reach Of(IConfiguration configuration)
    {
        // Kestrel takes the one or the other list; here both count.
        var addresses = Split(configuration[WebHostDefaults.ServerUrlsKey]).Select(static address => (Option: WebHostDefaults.ServerUrlsKey, Address: address))
            .Concat(configuration.GetSection("Kestrel:Endpoints").GetChildren().Where(static endpoint => endpoint["Url"] is not null).Select(static endpoint => (Option: $"{endpoint.Path}:Url", Address: endpoint["Url"]!)))
            .Select(static one => (one.Address, Binding: Read(one.Option, one.Address))).ToArray();
        if (addresses.FirstOrDefault(static one => !IsLoopback(one.Binding)).Address is { } open)
        {
            return new Reach($"it listens on {open}");
        }

        if (Proxies.Of(configuration).Count > 0)
        {
            return new Reach($"{Proxies.Option} is set");
        }

        return new Reach(AllowedHosts(configuration).FirstOrDefault(host => !IsLoopback(host)) is { } other ? $"AllowedHosts names {other}" : null);
    }

    /// <summary>The host names that requests may carry; <c>*</c> when any may.</summary>
    public static string[] AllowedHosts(IConfiguration configuration) => Split(configuration["AllowedHosts"] is { Length: > 0 } allowed ? allowed : "*");

    /// <summary>Whether a host name means this machine, wherever it is asked.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static BindingAddress Read(string option, string address)
    {
        try
        {
            if (BindingAddress.Parse(address) is { Port: >= 0 and <= 65535 } read)
            {
                return read;
            }
        }
        catch (FormatException)
        {
            // Said below.
        }

        throw new InvalidOperationException($"{option} has '{address}', which is no address to listen on. It is written as http://localhost:5080, with a port up to 65535.");
    }

    /// <summary>A Unix socket is no loopback: it is there for a proxy.</summary>
    private static bool IsLoopback(BindingAddress address) => !address.IsUnixPipe && !address.IsNamedPipe && IsLoopback(address.Host);

    private static string[] Split(string? list) => (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
