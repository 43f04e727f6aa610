using System.ComponentModel.DataAnnotations;

namespace Convonet.Conversations;

/// <summary>How a turn may end.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TurnOutcomeWordAttribute() : AllowedValuesAttribute("completed", "truncated", "blocked", "stalled", "timed_out", "cancelled", "failed");

/// <summary>How a tool call may end.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CallOutcomeWordAttribute() : AllowedValuesAttribute("ok", "error", "timeout", "cancelled", "unknown");
