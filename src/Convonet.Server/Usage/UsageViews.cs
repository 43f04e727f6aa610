using System.ComponentModel;

namespace Convonet.Server.Usage;

/// <summary>What a user used from one day to another, in pages.</summary>
internal sealed record UsagePage(
    [property: Description("The first day, on the user's clock.")] DateOnly From,
    [property: Description("The last day.")] DateOnly To,
    [property: Description("Currency of every cost, as three letters.")] string Currency,
    UsageSums Total,
    [property: Description("Today's use and what the user may use in a day; null where nothing is limited.")] BudgetView? Budget,
    IReadOnlyList<UsageEntry> Entries,
    [property: Description("Whether there is another page.")] bool More);

/// <summary>One day, one conversation or one provider.</summary>
internal sealed record UsageEntry(UsageSums Sums)
{
    /// <summary>The day.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>The conversation.</summary>
    [Description("Null for conversations that were deleted.")]
    public string? Conversation { get; init; }

    /// <summary>Its title.</summary>
    public string? Title { get; init; }

    /// <summary>The provider or engine.</summary>
    public string? Provider { get; init; }

    /// <summary>Its model.</summary>
    public string? Model { get; init; }

    /// <summary>The purpose.</summary>
    [Description("answer, dropped, summary, replayed, listening or speaking.")]
    public string? Kind { get; init; }
}

/// <summary>What was used.</summary>
internal sealed record UsageSums(
    long Calls,
    long InputTokens,
    long OutputTokens,
    long CachedInputTokens,
    [property: Description("Sound that was written down.")] long AudioMs,
    [property: Description("Characters that were spoken.")] long Characters,
    [property: Description("Null when nothing of it has a known price.")] decimal? Cost,
    [property: Description("Whether a part of it has no known price, or was cut off before its provider had told all, so that it costs more than that.")] bool Incomplete);

/// <summary>What a user may use in a day, and what is used of it: with what calls that were cut off are thought to have used.</summary>
internal sealed record BudgetView(long TokensToday, decimal CostToday, long? Tokens, decimal? Cost, bool Spent);
