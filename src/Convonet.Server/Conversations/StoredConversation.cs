using System.ComponentModel.DataAnnotations;

namespace Convonet.Server.Conversations;

/// <summary>A conversation.</summary>
public sealed class StoredConversation
{
    /// <summary>Id.</summary>
    [MaxLength(64)]
    public required string Id { get; init; }

    /// <summary>Whose it is.</summary>
    public Guid UserId { get; init; }

    /// <summary>What it is called; how it began, until its user says otherwise.</summary>
    [MaxLength(ConversationLibrary.LongestTitle)]
    public string Title { get; set; } = "";

    /// <summary>The provider of its next turn.</summary>
    [MaxLength(64)]
    public required string Provider { get; set; }

    /// <summary>Epoch of its event numbers; counted up each time it is loaded, because numbers in memory were lost.</summary>
    public int Epoch { get; set; }

    /// <summary>The node whose memory it is in, or was in last; null where there is only one.</summary>
    [MaxLength(64)]
    public string? Owner { get; set; }

    /// <summary>What models are told of its oldest turns, in place of them; null while they get all.</summary>
    public string? Summary { get; set; }

    /// <summary>Number of the last turn that <see cref="Summary"/> tells of.</summary>
    public int SummaryUpTo { get; set; }

    /// <summary>When it began, in UTC.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>When something was last said in it, in UTC.</summary>
    public DateTime UsedAt { get; set; }
}

/// <summary>A message and what came of it.</summary>
public sealed class StoredTurn
{
    /// <summary>Id; derived from user, conversation and the client's id of the message.</summary>
    public Guid Id { get; init; }

    /// <summary>The conversation.</summary>
    [MaxLength(64)]
    public required string ConversationId { get; init; }

    /// <summary>Number in the conversation, from 1.</summary>
    public int Number { get; init; }

    /// <summary>Whom it serves.</summary>
    public Guid UserId { get; init; }

    /// <summary>The client's id of the message.</summary>
    [MaxLength(64)]
    public required string ClientMsgId { get; init; }

    /// <summary>What the user said.</summary>
    public required string Text { get; init; }

    /// <summary>Whether it was spoken.</summary>
    public bool IsVoice { get; init; }

    /// <summary>The provider that was chosen for it when it began.</summary>
    [MaxLength(64)]
    public required string Provider { get; set; }

    /// <summary>The fence: counted up by whoever takes the turn over; writes of an earlier owner find no row.</summary>
    public int OwnerEpoch { get; set; }

    /// <summary>How often in a row it was taken up and came to nothing. Each write of the turn touches it, so that two of them never run side by side.</summary>
    public int Tries { get; set; }

    /// <summary>What was shown of the answer.</summary>
    public string Shown { get; set; } = "";

    /// <summary>How much of <see cref="Shown"/> the user heard, in characters; null when the answer was not interrupted.</summary>
    public int? Heard { get; set; }

    /// <summary>How it ended; null while it has not.</summary>
    [MaxLength(20)]
    public string? Outcome { get; set; }

    /// <summary>Why it did not succeed, as JSON.</summary>
    public string? Error { get; set; }

    /// <summary>When it was accepted, in UTC.</summary>
    public DateTime AcceptedAt { get; init; }

    /// <summary>When it ended, in UTC; null while it has not.</summary>
    public DateTime? EndedAt { get; set; }
}

/// <summary>What the model said in one round of a turn.</summary>
public sealed class StoredStep
{
    /// <summary>The turn.</summary>
    public Guid TurnId { get; init; }

    /// <summary>The round, from 0.</summary>
    public int Round { get; init; }

    /// <summary>Text and calls in their order, as JSON.</summary>
    public required string Parts { get; init; }

    /// <summary>Set when the turn ends with this step.</summary>
    [MaxLength(20)]
    public string? Outcome { get; init; }

    /// <summary>Goes with <see cref="Outcome"/>, as JSON.</summary>
    public string? Error { get; init; }
}

/// <summary>Text that was shown and is in no step yet. It is in the turn's row when the turn has ended.</summary>
public sealed class StoredPiece
{
    /// <summary>The turn.</summary>
    public Guid TurnId { get; init; }

    /// <summary>The owner that showed it. No fence keeps an owner from writing this late: whoever goes on reads it only where it fits.</summary>
    public int OwnerEpoch { get; init; }

    /// <summary>Characters of the turn's text before it.</summary>
    public int At { get; init; }

    /// <summary>The text.</summary>
    public required string Text { get; init; }
}

/// <summary>The plan: one row for each call, written before the call starts. For a tool that acts outside the store it is the outbox too.</summary>
public sealed class StoredCall
{
    /// <summary>Stands for the effect of a call that waits for the user's yes.</summary>
    public const string Asking = "Asking";

    /// <summary>Whom the turn serves.</summary>
    public Guid UserId { get; init; }

    /// <summary>The turn.</summary>
    public Guid TurnId { get; init; }

    /// <summary>The round, from 0.</summary>
    public int Step { get; init; }

    /// <summary>Place among the step's calls, from 0.</summary>
    public int Ordinal { get; init; }

    /// <summary>Our id of the call, unique in its conversation.</summary>
    [MaxLength(40)]
    public required string CallId { get; init; }

    /// <summary>The tool.</summary>
    [MaxLength(64)]
    public required string Tool { get; init; }

    /// <summary>The arguments as the model wrote them.</summary>
    public required string Arguments { get; init; }

    /// <summary>SHA-256 of the arguments as canonical JSON, in hexadecimal.</summary>
    [MaxLength(64)]
    public required string ArgumentsHash { get; init; }

    /// <summary>What the tool acts on: <c>None</c>, <c>Store</c> or <c>Outside</c>; <see cref="Asking"/> until the user has allowed it, because before that it acts on nothing.</summary>
    [MaxLength(10)]
    public required string Effect { get; init; }

    /// <summary>What the model said in the step since the call before, as JSON.</summary>
    public required string Before { get; init; }

    /// <summary>Opaque data of the provider that goes back with the call, as JSON.</summary>
    public string? ProviderData { get; init; }

    /// <summary>When it was written down, in UTC.</summary>
    public DateTime PlannedAt { get; init; }
}

/// <summary>The ledger: what came of a call. One row at most for each, ever.</summary>
public sealed class StoredResult
{
    /// <summary>Whom the turn serves.</summary>
    public Guid UserId { get; init; }

    /// <summary>The turn.</summary>
    public Guid TurnId { get; init; }

    /// <summary>The round, from 0.</summary>
    public int Step { get; init; }

    /// <summary>Place among the step's calls, from 0.</summary>
    public int Ordinal { get; init; }

    /// <summary>How it ended.</summary>
    [MaxLength(10)]
    public required string Outcome { get; init; }

    /// <summary>What the model reads.</summary>
    public required string Content { get; init; }

    /// <summary>What clients get, as JSON.</summary>
    public string? Data { get; init; }

    /// <summary>How long it ran, in milliseconds.</summary>
    public double ElapsedMs { get; init; }

    /// <summary>The time limit that ended it, in milliseconds.</summary>
    public double? LimitMs { get; init; }

    /// <summary>The owner that recorded it.</summary>
    public int OwnerEpoch { get; init; }

    /// <summary>When it was recorded, in UTC.</summary>
    public DateTime RecordedAt { get; init; }
}
