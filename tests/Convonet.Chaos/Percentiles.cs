using System.Globalization;

namespace Convonet.Chaos;

/// <summary>What is published of many measured times.</summary>
internal static class Percentiles
{
    /// <summary>The value that this share of all does not exceed; 0 of none.</summary>
    public static double At(IReadOnlyCollection<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>Half, nearly all, all.</summary>
    public static string Tell(IReadOnlyCollection<double> milliseconds) => string.Create(
        CultureInfo.InvariantCulture, $"p50 {At(milliseconds, 0.5):0} ms, p99 {At(milliseconds, 0.99):0} ms, longest {At(milliseconds, 1):0} ms");
}
