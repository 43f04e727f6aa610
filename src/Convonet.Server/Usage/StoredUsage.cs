using System.ComponentModel.DataAnnotations;

namespace Convonet.Server.Usage;

/// <summary>What was used of one provider for one purpose: in a turn, or beside one. It outlives its conversation, because it was spent.</summary>
public sealed class StoredUsage
{
    /// <summary>Money is kept in billionths, because not every database adds up decimals.</summary>
    public const decimal Billion = 1_000_000_000;

    /// <summary>Id.</summary>
    public Guid Id { get; init; }

    /// <summary>Whose it is.</summary>
    public Guid UserId { get; init; }

    /// <summary>The conversation; null when that was deleted.</summary>
    [MaxLength(64)]
    public string? ConversationId { get; set; }

    /// <summary>Number of the turn; null when it belongs to none.</summary>
    public int? Turn { get; init; }

    /// <summary>The day on the user's clock, as it was then.</summary>
    public DateOnly Day { get; init; }

    /// <summary>The purpose, as <see cref="Convonet.Models.UsageKind"/> writes it.</summary>
    [MaxLength(20)]
    public required string Kind { get; init; }

    /// <summary>The provider, or the engine of speech.</summary>
    [MaxLength(64)]
    public required string Provider { get; init; }

    /// <summary>Its model; empty for speech.</summary>
    [MaxLength(128)]
    public required string Model { get; init; }

    /// <summary>Calls.</summary>
    public int Calls { get; init; }

    /// <summary>Those of which the provider has not told all.</summary>
    public int UntoldCalls { get; init; }

    /// <summary>Tokens read, cached ones included.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens written.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Part of <see cref="InputTokens"/> from the provider's cache.</summary>
    public long CachedInputTokens { get; init; }

    /// <summary>Sound that was written down, in milliseconds.</summary>
    public long AudioMs { get; init; }

    /// <summary>Characters that were spoken.</summary>
    public long Characters { get; init; }

    /// <summary>What it cost by the price table of that moment, in billionths; null when that was not known.</summary>
    public long? CostNano { get; init; }

    /// <summary>The currency of <see cref="CostNano"/>.</summary>
    [MaxLength(3)]
    public string? Currency { get; init; }

    /// <summary>When it was written down, in UTC.</summary>
    public DateTime UsedAt { get; init; }
}
