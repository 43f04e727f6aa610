namespace Convonet.Models.Health;

/// <summary>Whether a model is asked.</summary>
public enum BreakerState
{
    /// <summary>It is.</summary>
    Closed,

    /// <summary>It failed: another is asked, where there is one.</summary>
    Open,

    /// <summary>One turn's attempt finds out whether it works again.</summary>
    HalfOpen,
}
