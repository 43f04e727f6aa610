using Convonet.Emulator;

namespace Convonet.Tests.EndToEnd;

/// <summary>What each fault comes to. Outcomes are written <c>outcome/error-code requests</c>, those of the fallback provider behind a plus.</summary>
internal static class FaultTable
{
    private const EmulatedApi Gemini = EmulatedApi.Gemini;
    private const EmulatedApi Claude = EmulatedApi.Anthropic;
    private const EmulatedApi OpenAI = EmulatedApi.OpenAI;
    private const EmulatedApi All = EmulatedApi.All;

    /// <summary>Faults before anything was said: another attempt may follow.</summary>
    public static readonly IReadOnlyList<UnclaimedFault> Unclaimed =
    [
        // The provider is silent: the stream-iteration limit ends the attempt; without a fallback provider it is asked once more.
        new(All, "delay;ms=600000", "failed/stalled 2", "completed 2", "completed 1+1") { Silent = true },
        new(All, "delay;ms=600000;headers=sent", "failed/stalled 2", "completed 2", "completed 1+1") { Silent = true },
        new(All, "stall;after=0", "failed/stalled 2", "completed 2", "completed 1+1") { Silent = true },
        new(All, "pings;after=0;ms=10", "failed/stalled 2", "completed 2", "completed 1+1") { Silent = true },

        // The connection breaks. Gemini's stream has no event before the first content, so a reset comes before its headers.
        new(Gemini, "cut;kind=rst;after=0", "failed/unreachable 2", "completed 2", "completed 1+1"),
        new(Claude | OpenAI, "cut;kind=rst;after=0", "failed/unfinished 2", "completed 2", "completed 1+1"),
        new(All, "cut;kind=close;after=0", "failed/unfinished 2", "completed 2", "completed 1+1"),
        new(All, "cut;kind=truncated;after=0", "failed/unfinished 2", "completed 2", "completed 1+1"),

        // The provider refuses: asking it again cannot help.
        new(All, "status;code=400", "failed/invalid_request 1", "failed/invalid_request 1", "completed 1+1"),
        new(All, "status;code=401", "failed/unauthorized 1", "failed/unauthorized 1", "completed 1+1"),
        new(All, "status;code=403", "failed/unauthorized 1", "failed/unauthorized 1", "completed 1+1"),
        new(All, "status;code=404", "failed/invalid_request 1", "failed/invalid_request 1", "completed 1+1"),

        // The provider is busy: asked again after its Retry-After if that is short; after a pause of ours if there is no other.
        new(All, "status;code=429", "failed/rate_limited 2", "completed 2", "completed 1+1") { PauseMs = 500 },
        new(All, "status;code=429;retry-after=1", "failed/rate_limited 2", "completed 2", "completed 2+1") { PauseMs = 1000 },
        new(All, "status;code=429;retry-after=30", "failed/rate_limited 1", "failed/rate_limited 1", "completed 1+1"),
        new(All, "status;code=503", "failed/overloaded 2", "completed 2", "completed 1+1") { PauseMs = 500 },
        new(All, "status;code=529", "failed/overloaded 2", "completed 2", "completed 1+1") { PauseMs = 500 },
        new(All, "status;code=529;retry-after=1", "failed/overloaded 2", "completed 2", "completed 2+1") { PauseMs = 1000 },
        new(All, "status;code=529;retry-after=30", "failed/overloaded 1", "failed/overloaded 1", "completed 1+1"),

        // The provider fails.
        new(All, "status;code=500", "failed/provider_error 2", "completed 2", "completed 1+1"),
        new(Gemini | Claude, "inband;after=0", "failed/overloaded 2", "completed 2", "completed 1+1") { PauseMs = 500 },
        new(OpenAI, "inband;after=0", "failed/provider_error 2", "completed 2", "completed 1+1"),
        new(EmulatedApi.OpenAIResponses, "inband;after=0;kind=error", "failed/provider_error 2", "completed 2", "completed 1+1"),
        new(All, "badjson;after=0", "failed/provider_error 2", "completed 2", "completed 1+1"),

        // The model answers nonsense: once more, then the other provider.
        new(All, "empty", "failed/empty_answer 2", "completed 2", "completed 2+1"),
        new(Gemini, "malformed", "failed/malformed_tool_call 2", "completed 2", "completed 2+1"),
        new(All, "huge;bytes=2000000", "failed/provider_error 2", "completed 2", "completed 1+1"),

        // The filter is no failure: neither retry nor fallback.
        new(All, "safety;prompt=1", "blocked/blocked 1", "blocked/blocked 1", "blocked/blocked 1+0"),
        new(All, "safety;after=0", "blocked/blocked 1", "blocked/blocked 1", "blocked/blocked 1+0"),
        new(All, "maxtokens", "truncated/truncated 1", "truncated/truncated 1", "truncated/truncated 1+0") { CallOnly = true },
    ];

    /// <summary>Faults after text was shown: the turn ends with what was said, and nobody else is asked.</summary>
    public static readonly IReadOnlyList<ClaimedFault> Claimed =
    [
        new(All, "stall", "stalled/stalled 1+0") { Silent = true },
        new(All, "pings;ms=10", "stalled/stalled 1+0") { Silent = true },
        new(All, "cut;kind=rst", "failed/unfinished 1+0"),
        new(All, "cut;kind=close", "failed/unfinished 1+0"),
        new(All, "cut;kind=truncated", "failed/unfinished 1+0"),
        new(Gemini | Claude, "inband", "failed/overloaded 1+0"),
        new(OpenAI, "inband", "failed/provider_error 1+0"),
        new(EmulatedApi.OpenAIResponses, "inband;kind=error", "failed/provider_error 1+0"),
        new(All, "badjson", "failed/provider_error 1+0"),
        new(All, "safety", "blocked/blocked 1+0"),
        new(All, "gap;ms=50", "completed 1+0"),
    ];

    public static IEnumerable<EmulatedApi> ApisOf(EmulatedApi apis) => EmulatedProviders.Apis.Where(api => apis.HasFlag(api));
}

/// <summary>A fault before anything was said.</summary>
/// <param name="Apis">The providers that it is for.</param>
/// <param name="Fault">The fault.</param>
/// <param name="Always">What a turn comes to when every answer has it.</param>
/// <param name="Once">What a turn comes to when only the first answer has it.</param>
/// <param name="Fallback">What a turn comes to when every answer has it, and there is another provider.</param>
internal sealed record UnclaimedFault(EmulatedApi Apis, string Fault, string Always, string Once, string Fallback)
{
    /// <summary>Whether nothing comes any more, so that time has to pass.</summary>
    public bool Silent { get; init; }

    /// <summary>The pause before the same provider is asked again.</summary>
    public int PauseMs { get; init; }

    /// <summary>Whether the answer is a call without text before it.</summary>
    public bool CallOnly { get; init; }
}

/// <summary>A fault after text was shown.</summary>
/// <param name="Apis">The providers that it is for.</param>
/// <param name="Fault">The fault.</param>
/// <param name="Outcome">What the turn comes to.</param>
internal sealed record ClaimedFault(EmulatedApi Apis, string Fault, string Outcome)
{
    /// <summary>Whether nothing comes any more, so that time has to pass.</summary>
    public bool Silent { get; init; }
}
