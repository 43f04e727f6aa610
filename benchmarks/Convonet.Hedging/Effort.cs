namespace Convonet.Hedging;

/// <summary>How much is measured.</summary>
/// <param name="Turns">Of each provider, with and without.</param>
/// <param name="AtOnce">How many of them run side by side.</param>
/// <param name="Warm">Turns before, which are not counted: the hedger learns from them how long the model takes.</param>
/// <param name="Together">How many of the comparisons run side by side.</param>
internal sealed record Effort(int Turns, int AtOnce, int Warm, int Together)
{
    public static readonly Effort Full = new(4_000, 250, 250, 1);

    public static readonly Effort Short = new(300, 100, 100, 6);
}
