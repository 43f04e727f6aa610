namespace Convonet.Emulator.Wire;

/// <summary>Why a request is refused, before it is put into the provider's own error body.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">The provider's sentence.</param>
internal sealed record Rejection(int Status, string Message)
{
    /// <summary>OpenAI: the parameter that is wrong.</summary>
    public string? Param { get; init; }

    /// <summary>OpenAI: the error's code.</summary>
    public string? Code { get; init; }

    /// <summary>How long the client is asked to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Gemini: the fields that are wrong, for the error's details.</summary>
    public IReadOnlyList<(string Field, string Description)> Violations { get; init; } = [];
}

/// <summary>Ends the reading of a request that the provider would refuse.</summary>
internal sealed class RejectedException(Rejection rejection) : Exception(rejection.Message)
{
    internal Rejection Rejection { get; } = rejection;
}
