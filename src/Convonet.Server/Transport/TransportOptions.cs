using System.ComponentModel.DataAnnotations;

namespace Convonet.Server.Transport;

/// <summary>Limits of client connections.</summary>
public sealed class TransportOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Convonet:Transport";

    /// <summary>Origins of pages that may connect besides the server's own, for example <c>https://app.example.com</c>.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>The largest frame that a client may send.</summary>
    /// <value>65,536 bytes by default.</value>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxFrameBytes { get; set; } = 64 * 1024;

    /// <summary>The longest message.</summary>
    /// <value>8,000 characters by default.</value>
    [Range(1, 1_000_000)]
    public int MaxMessageLength { get; set; } = 8_000;

    /// <summary>Frames a second that a client may send on average.</summary>
    /// <value>20 by default.</value>
    [Range(1, 10_000)]
    public int FramesPerSecond { get; set; } = 20;

    /// <summary>Frames that a client may send at once.</summary>
    /// <value>40 by default.</value>
    [Range(1, 10_000)]
    public int FrameBurst { get; set; } = 40;

    /// <summary>Bad frames in a row that close a connection.</summary>
    /// <value>5 by default.</value>
    [Range(1, 1000)]
    public int MaxBadFrames { get; set; } = 5;

    /// <summary>Open connections of this process.</summary>
    /// <value>2,000 by default.</value>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 2_000;

    /// <summary>Open connections from one address, of IPv6 from one network of 64 bits; this machine's own is not counted.</summary>
    /// <value>200 by default: many people may stand behind one address.</value>
    [Range(1, 1_000_000)]
    public int MaxConnectionsPerAddress { get; set; } = 200;

    /// <summary>Frames of 64 KB and more (snapshots of long conversations, whole speech) that are under way at once in the process, a quarter of them for one user; the next ones wait.</summary>
    /// <value>16 by default: a snapshot has at most about 4 MB.</value>
    [Range(1, 10_000)]
    public int MaxLargeFrames { get; set; } = 16;

    /// <summary>How often a client is asked whether it is still there.</summary>
    /// <value>10 s by default.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long it may take to answer; after that its connection is given up.</summary>
    /// <value>10 s by default: with the interval a connection that is dead is gone after 20 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Open connections of one user; those from this machine are not counted.</summary>
    /// <value>32 by default.</value>
    [Range(1, 1_000_000)]
    public int MaxConnectionsPerUser { get; set; } = 32;

    /// <summary>How long a server that is told to stop lets answers run to their end; the next process goes on with what has none by then. Nothing new is accepted meanwhile.</summary>
    /// <value>15 s by default: a turn has no more, and the host waits for 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:25")]
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one frame may take, either way: a client that takes no data, or does not end a frame that it began, is cut off.</summary>
    /// <value>10 s by default.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => AllowedOrigins.Index()
        .Where(static one => !IsOrigin(one.Item))
        .Select(static one => new ValidationResult(
            $"{Section}:{nameof(AllowedOrigins)}:{one.Index} is '{one.Item}', which is no origin as browsers write it: https://app.example.com, without a path, and with the port only where it is not the usual one."));

    private static bool IsOrigin(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && text.Equals($"{uri.Scheme}://{uri.Authority}", StringComparison.OrdinalIgnoreCase);
}
