using System.Globalization;

namespace Convonet.Emulator.Faults;

/// <summary>Turns the fault <c>latency</c> into a <c>delay</c> that is drawn anew for each answer: lognormal, as the times of real models are, few of them very long. Other faults it leaves alone.</summary>
internal sealed class LatencyDraw(Fault fault)
{
    private const string Name = "latency";

    /// <summary>Where 95 % of a normal distribution end, in standard deviations.</summary>
    private const double Deviations95 = 1.6448536269514722;

    /// <summary>In milliseconds; a tail has no end, a test has.</summary>
    private const double Longest = 600_000;

    private readonly Random _random = fault.Text("seed") is null ? new Random() : new Random(fault.Number("seed", 1));
    private readonly Lock _lock = new();

    /// <exception cref="FormatException">The two percentiles are missing, or are none of one distribution.</exception>
    public static void Check(Fault fault)
    {
        if (fault.Name == Name && (fault.Number("p50", 0) < 1 || fault.Number("p95", 0) < fault.Number("p50", 0)))
        {
            throw new FormatException($"Fault '{Name}' needs p50, at least 1, and p95, at least p50.");
        }
    }

    /// <summary>The fault of the next answer.</summary>
    public Fault Next()
    {
        if (fault.Name != Name)
        {
            return fault;
        }

        var (p50, p95) = (fault.Number("p50", 1), fault.Number("p95", 1));
        var ms = Math.Min(Longest, p50 * Math.Exp(Math.Log((double)p95 / p50) / Deviations95 * Normal()));
        var settings = new Dictionary<string, string> { ["ms"] = ((int)ms).ToString(CultureInfo.InvariantCulture) };
        if (fault.Text("headers") is { } headers)
        {
            settings["headers"] = headers;
        }

        return new Fault("delay", settings);
    }

    /// <summary>A draw from the standard normal distribution (Box and Muller).</summary>
    private double Normal()
    {
        lock (_lock)
        {
            return Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
        }
    }
}
