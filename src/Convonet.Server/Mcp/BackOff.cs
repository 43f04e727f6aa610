namespace Convonet.Server.Mcp;

/// <summary>How long to wait before the next try: 1 s at first, then twice as long each time up to 60 s; a random part, up to half, is left off, so that not all try at once.</summary>
internal static class BackOff
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>The wait after this many failures before.</summary>
    /// <param name="failures">From 0.</param>
    /// <param name="random">0 to 1.</param>
    public static TimeSpan After(int failures, double random)
    {
        var full = failures < 6 ? TimeSpan.FromSeconds(1 << failures) : Longest;
        return full - (full / 2 * random);
    }
}
