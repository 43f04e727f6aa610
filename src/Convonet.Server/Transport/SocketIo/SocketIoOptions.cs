using System.ComponentModel.DataAnnotations;

namespace Convonet.Server.Transport.SocketIo;

/// <summary>What differs for clients that speak Socket.IO; all other limits are those of <see cref="TransportOptions"/>.</summary>
public sealed class SocketIoOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Convonet:SocketIo";

    /// <summary>The largest message, in bytes; clients are told. Beyond the limit of a frame only recordings of people who are signed in are taken.</summary>
    /// <value>16,000,000 by default: two minutes of anything that is not larger than WAV at 48 kHz, in base64.</value>
    [Range(64 * 1024, 64 * 1024 * 1024)]
    public int MaxPayload { get; set; } = 16_000_000;

    /// <summary>How often a client is asked whether it is still there; it is told, and gives the connection up when nothing comes for this and <see cref="PingTimeout"/>.</summary>
    /// <value>25 s by default, as the system before.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a client has to answer.</summary>
    /// <value>20 s by default.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a client has to connect to the namespace.</summary>
    /// <value>20 s by default.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a client may stay without saying who it is: people type their PIN in a page that is connected already.</summary>
    /// <value>5 min by default.</value>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan SignInTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a connection that broke can be gone on with.</summary>
    /// <value>2 min by default.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan RecoveryTime { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether events of a conversation carry their offset as a last argument, with which newer clients recover. Clients whose handlers take exactly one argument need it off.</summary>
    /// <value>On by default.</value>
    public bool SendOffsets { get; set; } = true;
}
