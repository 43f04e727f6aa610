namespace Convonet.Agents;

/// <summary>How a turn ended.</summary>
public enum TurnOutcome
{
    /// <summary>The model said everything.</summary>
    Completed,

    /// <summary>The answer was cut at the model's output limit, at the limit of a turn's text, or at the limit of tool rounds.</summary>
    Truncated,

    /// <summary>The provider's filter stopped the prompt or the answer.</summary>
    Blocked,

    /// <summary>The model fell silent after it had begun.</summary>
    Stalled,

    /// <summary>The turn's time was up.</summary>
    TimedOut,

    /// <summary>The user stopped it.</summary>
    Cancelled,

    /// <summary>Anything else; see the <see cref="TurnError"/>.</summary>
    Failed,
}
