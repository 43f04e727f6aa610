using System.Globalization;

namespace Convonet.Bench.Report;

/// <summary>One line of the table.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Values">What was found, in any order.</param>
internal sealed record Figure(string Name, string Unit, IReadOnlyCollection<double> Values)
{
    /// <summary>The most that half of the values may be.</summary>
    public double? MostP50 { get; init; }

    /// <summary>The most that 99 of 100 values may be.</summary>
    public double? MostP99 { get; init; }

    /// <summary>The heading of lines.</summary>
    public static string Heading => "| figure | target | n | p50 | p95 | p99 | |\n|---|---|---|---|---|---|---|";

    /// <summary>The line, in Markdown.</summary>
    public override string ToString()
    {
        var sorted = Values.Order().ToArray();
        if (sorted.Length == 0)
        {
            return $"| {Name} | {Target} | 0 | | | | nothing measured |";
        }

        var (p50, p95, p99) = (At(sorted, 0.5), At(sorted, 0.95), At(sorted, 0.99));

        // Of a single value there are no percentiles.
        var shown = sorted.Length == 1 ? $"{Text(p50)} | | " : $"{Text(p50)} | {Text(p95)} | {Text(p99)}";
        var verdict = MostP50 is null && MostP99 is null ? "" : p50 <= (MostP50 ?? p50) && p99 <= (MostP99 ?? p99) ? "ok" : "**missed**";
        return $"| {Name} | {Target} | {sorted.Length} | {shown} | {verdict} |";
    }

    private string Target => string.Join(", ", new[] { MostP50 is { } half ? $"{(Values.Count == 1 ? "" : "p50 ")}≤ {Text(half)}" : null, MostP99 is { } most ? $"p99 ≤ {Text(most)}" : null }.Where(text => text is not null));

    /// <summary>The smallest value that at least this part of all does not exceed.</summary>
    private static double At(double[] sorted, double part) => sorted[Math.Max(0, (int)Math.Ceiling(part * sorted.Length) - 1)];

    private string Text(double value) => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(value, value < 10 ? 2 : value < 100 ? 1 : 0)} {Unit}");
}
