using System.Globalization;

namespace Convonet.Emulator.Faults;

/// <summary>One fault with its settings, written <c>name;key=value;key=value</c>. README.md describes each.</summary>
internal sealed record Fault(string Name, IReadOnlyDictionary<string, string> Settings)
{
    internal const string Header = "x-emulator-fault";

    private static readonly Dictionary<string, string[]> Known = new()
    {
        ["delay"] = ["ms", "headers"],
        ["latency"] = ["p50", "p95", "seed", "headers"],
        ["gap"] = ["ms", "after"],
        ["stall"] = ["after"],
        ["pings"] = ["after", "ms"],
        ["cut"] = ["kind", "after"],
        ["status"] = ["code", "retry-after"],
        ["inband"] = ["after", "kind"],
        ["badjson"] = ["after"],
        ["twice"] = ["after"],
        ["empty"] = [],
        ["malformed"] = ["tool"],
        ["dupids"] = ["tool"],
        ["noids"] = [],
        ["calls"] = ["n", "tool"],
        ["flood"] = ["tool"],
        ["huge"] = ["bytes", "tool"],
        ["maxtokens"] = ["tool"],
        ["safety"] = ["after", "prompt"],
        ["split"] = ["bytes"],
        ["rate"] = ["hz", "header"],
    };

    /// <summary>The names of all faults.</summary>
    internal static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>How many answers it spoils, when it comes from the command line or the options.</summary>
    internal int Times => Number("times", int.MaxValue);

    /// <summary>Reads faults that are separated by commas.</summary>
    /// <exception cref="FormatException">A name or a setting that does not exist, or a number that is none.</exception>
    internal static IReadOnlyList<Fault> ParseAll(string? text) =>
        [.. (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    internal string? Text(string setting) => Settings.GetValueOrDefault(setting);

    internal int Number(string setting, int fallback) =>
        Text(setting) is { } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : fallback;

    internal TimeSpan Milliseconds(int fallback) => TimeSpan.FromMilliseconds(Number("ms", fallback));

    private static Fault Parse(string text)
    {
        var parts = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var name = parts[0].ToLowerInvariant();
        if (!Known.TryGetValue(name, out var known))
        {
            throw new FormatException($"There is no fault '{name}'. There are: {string.Join(", ", Names)}.");
        }

        var settings = new Dictionary<string, string>();
        foreach (var part in parts.Skip(1))
        {
            var (key, value) = part.Split('=', 2) is [var left, var right] ? (left.Trim(), right.Trim()) : (part, "1");
            if (key != "times" && !known.Contains(key))
            {
                throw new FormatException($"Fault '{name}' has no setting '{key}'. It has: {string.Join(", ", known.Append("times"))}.");
            }

            if (key is not ("kind" or "tool" or "headers") && !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                throw new FormatException($"'{key}' of fault '{name}' has to be a whole number.");
            }

            settings[key] = value;
        }

        var fault = new Fault(name, settings);
        LatencyDraw.Check(fault);
        return fault;
    }
}
