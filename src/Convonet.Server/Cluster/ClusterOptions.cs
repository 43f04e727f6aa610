using System.ComponentModel.DataAnnotations;

namespace Convonet.Server.Cluster;

/// <summary>How this node finds the others. Read where <c>Convonet:Cluster</c> is <c>Redis</c>.</summary>
internal sealed class ClusterOptions
{
    /// <summary>Section in the configuration.</summary>
    public const string Section = "Convonet:Cluster";

    /// <summary>Redis, through which the nodes find each other, as StackExchange.Redis writes it: <c>host:port,password=…</c>.</summary>
    [Required]
    public string Redis { get; set; } = "localhost:6379";

    /// <summary>Nodes of one name belong together; their store is the same.</summary>
    [Required, RegularExpression("[a-z0-9-]{1,40}", ErrorMessage = "Convonet:Cluster:Name has 1 to 40 of a-z, 0-9 and '-'.")]
    public string Name { get; set; } = "convonet";

    /// <summary>Address of this node that the other nodes reach. Only nodes may reach it: what comes there is not asked who it is.</summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Port of this node for the other nodes.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 11111;

    /// <summary>How long a node counts as alive after it last said so in the store. Its unfinished turns are taken over after that.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00", ErrorMessage = "Convonet:Cluster:Lease is from 00:00:01 to 00:01:00.")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(3);
}

/// <summary>This run of this node: a node that starts again is another one.</summary>
/// <param name="Name">Unique.</param>
internal sealed record NodeIdentity(string Name)
{
    /// <summary>Characters that the store keeps of it.</summary>
    public const int Longest = 64;

    /// <summary>A name for a node that starts.</summary>
    public static NodeIdentity New(string machine, int port)
    {
        var name = $"{machine}:{port}:{Guid.NewGuid():N}";
        return new(name.Length <= Longest ? name : name[^Longest..]);
    }
}
