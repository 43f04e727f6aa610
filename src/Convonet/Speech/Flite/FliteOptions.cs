using System.ComponentModel.DataAnnotations;

namespace Convonet.Speech.Flite;

/// <summary>Settings of flite.</summary>
public sealed class FliteOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Convonet:Flite";

    /// <summary>The voice: <c>rms</c>, <c>slt</c>, <c>awb</c> (16 kHz), <c>kal16</c> (16 kHz, quicker and rougher) or <c>kal</c> (8 kHz).</summary>
    /// <value>Default: <c>rms</c>, the one that recognisers understand best.</value>
    [Required]
    [RegularExpression("^(rms|slt|awb|kal16|kal)$")]
    public string Voice { get; set; } = "rms";
}
