namespace Convonet.Hedging;

/// <summary>How long a model takes to its first token, as measured by others: 2,000 turns from outside, <see href="https://github.com/kwindla/aiewf-eval"/>, 18 August 2026.</summary>
/// <param name="Model">The model.</param>
/// <param name="P50Ms">Milliseconds that half of its calls do not exceed.</param>
/// <param name="P95Ms">Milliseconds that 95 of 100 do not exceed.</param>
internal sealed record Latency(string Model, int P50Ms, int P95Ms)
{
    public static readonly Latency Sonnet = new("claude-sonnet-4.6", 850, 4_126);

    public static readonly Latency Gpt = new("gpt-4.1", 536, 1_771);

    public static readonly Latency Flash = new("gemini-2.5-flash", 550, 850);
}
