using System.Text.Json;

namespace Convonet.Conversations;

/// <summary>A provider as clients see it.</summary>
public sealed record ProviderView(string Name, string Model, bool Configured, bool Emulated);

/// <summary>Limits that a client should know.</summary>
public sealed record LimitsView(int MessageChars, int FrameBytes);

/// <summary>A tool call with its arguments.</summary>
public sealed record ToolCallView(string Name, string Id, JsonElement Args);

/// <summary>Names a tool call.</summary>
public sealed record ToolCallReference(string Id, string Name);

/// <summary>Why a turn did not succeed.</summary>
public sealed record ErrorView(string Code, string Message, bool Retryable);

/// <summary>Milliseconds from the turn's start.</summary>
public sealed record TimingView(long? FirstTextMs, long TotalMs);

/// <summary>Tokens of all model calls of a turn, those included that another took the place of.</summary>
public sealed record UsageView(long InputTokens, long OutputTokens, long CachedInputTokens)
{
    /// <summary>What it costs; null when a part of it has no known price.</summary>
    public decimal? Cost { get; init; }

    /// <summary>The currency of <see cref="Cost"/>, as three letters; null where that is.</summary>
    public string? Currency { get; init; }

    /// <summary>Whether it is an answer that was given before, and no model was asked; otherwise null.</summary>
    public bool? Cached { get; init; }

    /// <summary>Characters of it that were spoken; null where none were, or none of it is known yet.</summary>
    public long? Characters { get; init; }

    /// <summary>Milliseconds of sound that were written down; null in events.</summary>
    public long? AudioMs { get; init; }
}

/// <summary>A turn in a snapshot; without an outcome it still runs.</summary>
public sealed record TurnView(int Turn, string ClientMsgId, string User, string Text, IReadOnlyList<ToolView> Tools, [property: TurnOutcomeWord] string? Outcome, ErrorView? Error, int? Heard = null)
{
    /// <summary>Who answers, or answered.</summary>
    public string? Provider { get; init; }

    /// <summary>The model that spoke last; null while it runs, and when an earlier process ran it.</summary>
    public string? Model { get; init; }

    /// <summary>Whether the demo model answered; null where <see cref="Model"/> is.</summary>
    public bool? Emulated { get; init; }

    /// <summary>Where its time went, as far as that is known.</summary>
    public TimingView? Timing { get; init; }

    /// <summary>What it used, as far as that is known; null until it has ended.</summary>
    public UsageView? Usage { get; init; }

    /// <summary>Characters of its text that an earlier owner had kept when this one took it up; null when it began here.</summary>
    public int? Superseded { get; init; }
}

/// <summary>A tool call in a snapshot; without an outcome it still runs, or waits for the user's yes.</summary>
public sealed record ToolView(
    string Id, string Name, JsonElement Args, [property: CallOutcomeWord] string? Outcome, JsonElement? Result, long? ElapsedMs, bool? AwaitsConfirmation = null)
{
    /// <summary>Characters of the turn's text that came before the call.</summary>
    public int? At { get; init; }

    /// <summary>Milliseconds from the turn's start until the call's.</summary>
    public long? AtMs { get; init; }

    /// <summary>The time limit that ended it.</summary>
    public long? LimitMs { get; init; }

    /// <summary>What is left of the time to answer, when it waits for the user's yes.</summary>
    public long? ExpiresMs { get; init; }
}

/// <summary>Which engines hear and speak here.</summary>
/// <param name="Input">What writes down the user's speech; null for none.</param>
/// <param name="Output">What speaks; null for none.</param>
/// <param name="Message">What to install when one is missing.</param>
public sealed record SpeechView(SpeechInputView? Input, SpeechOutputView? Output, string? Message);

/// <summary>What writes down the user's speech.</summary>
public sealed record SpeechInputView(string Engine);

/// <summary>What speaks.</summary>
public sealed record SpeechOutputView(string Engine, string Voice);

/// <summary>Something that was done and can be taken back.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Summary">One line for people.</param>
/// <param name="Tool">The tool that did it; null when the user did it by hand.</param>
/// <param name="CallId">The call that did it.</param>
public sealed record ChangeView(string Id, string Summary, string? Tool, string? CallId);
