using System.ComponentModel.DataAnnotations;

namespace Convonet.Server.Store;

/// <summary>How long records are kept that nobody can see any more, or that only a repetition asks for.</summary>
public sealed class RetentionOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Convonet:Retention";

    /// <summary>Days that the plan and the ledger of an ended turn are kept, calls over MCP with a key, and changes that could be taken back. Conversations and what was said in them stay.</summary>
    /// <value>30 by default.</value>
    [Range(1, 36_500)]
    public int Days { get; set; } = 30;

    /// <summary>Days that is kept what was used and what it cost.</summary>
    /// <value>400 by default: a year, and some more to compare it with the last one.</value>
    [Range(1, 36_500)]
    public int UsageDays { get; set; } = 400;
}
