using System.ComponentModel.DataAnnotations;

namespace Convonet.Server.Providers;

/// <summary>The offline demo model that stands in for providers without a key.</summary>
public sealed class DemoOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Convonet:Demo";

    /// <summary>Whether it stands in; otherwise providers without a key are left out.</summary>
    /// <value>True by default.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>How long it waits before its first word.</summary>
    /// <value>250 ms by default.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long it waits between two words.</summary>
    /// <value>25 ms by default.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan Gap { get; set; } = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// How much longer tools take while the default provider is the demo model: the built-in ones answer within milliseconds, too fast to
    /// be seen at work. Does not apply when the default is a real model.
    /// </summary>
    /// <value>700 ms by default; 0 switches it off.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan ToolDelay { get; set; } = TimeSpan.FromMilliseconds(700);

    /// <summary>Faults of the demo model, as on the emulator's command line, for example <c>stall;after=3</c>. For trying out limits.</summary>
    /// <value>None by default.</value>
    public string? Faults { get; set; }
}
