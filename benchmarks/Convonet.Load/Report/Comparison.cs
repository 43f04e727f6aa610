using System.Globalization;

namespace Convonet.Load.Report;

/// <summary>One line of the table: the server and the limit of the same run.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Server">What the server needed.</param>
/// <param name="Limit">What the bare relay needed; null where it cannot do that.</param>
internal sealed record Comparison(string Name, string Unit, double Server, double? Limit)
{
    /// <summary>How many times off a ratio may be before the command fails.</summary>
    private const double Margin = 10;

    /// <summary>The most that the ratio may be.</summary>
    public double? MostRatio { get; init; }

    /// <summary>The least that the ratio may be.</summary>
    public double? LeastRatio { get; init; }

    /// <summary>The most that the server may need.</summary>
    public double? Most { get; init; }

    /// <summary>The most that the server may need above the limit.</summary>
    public double? MostAbove { get; init; }

    /// <summary>The heading of lines.</summary>
    public static string Heading => "| figure | server | limit | ratio | target | |\n|---|---|---|---|---|---|";

    private double? Ratio => Limit is > 0 ? Server / Limit : null;

    /// <summary>Whether a target was missed.</summary>
    public bool IsMissed => Ratio > MostRatio || Ratio < LeastRatio || Server > Most || Server - (Limit ?? 0) > MostAbove;

    private string Target => this switch
    {
        { MostRatio: { } ratio } => $"≤ {Text(ratio)} ×",
        { LeastRatio: { } ratio } => $"≥ {Text(ratio)} ×",
        { Most: { } most } => $"≤ {Text(most)} {Unit}",
        { MostAbove: { } most } => $"≤ {Text(most)} {Unit} above",
        _ => "",
    };

    /// <summary>Whether the command fails where it is far off. Those of a p99 never do: on a busy machine that is mostly what else runs.</summary>
    public bool Gates { get; init; }

    /// <summary>Whether it gates, and its ratio is beyond what a busy machine explains; of what there may be none at all, any.</summary>
    public bool IsFarOff => Gates && (Ratio > MostRatio * Margin || Ratio < LeastRatio / Margin || (Most == 0 && Server > 0));

    /// <summary>The line, in Markdown.</summary>
    public override string ToString() =>
        $"| {Name} | {Text(Server)} {Unit} | {(Limit is { } limit ? $"{Text(limit)} {Unit}" : "")} | {(Ratio is { } ratio ? Text(ratio) : "")} | {Target} | {(Target.Length == 0 ? "" : IsMissed ? "**missed**" : "ok")} |";

    private static string Text(double value) =>
        Math.Round(value, Math.Abs(value) < 10 ? 2 : Math.Abs(value) < 100 ? 1 : 0).ToString(value >= 10_000 ? "N0" : "0.##", CultureInfo.InvariantCulture);
}
