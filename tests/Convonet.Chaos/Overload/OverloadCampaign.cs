using System.Globalization;
using Convonet.Chaos.Parent;
using Convonet.Chaos.Serve;

namespace Convonet.Chaos.Overload;

/// <summary>
/// First what the server can do: clients that ask again as soon as they have their answer. Then messages that come at multiples of that whatever becomes of them, as from people who do not know of each
/// other. The clients share the machine's cores with the server, so what counts are ratios.
/// </summary>
internal static class OverloadCampaign
{
    private const double LeastGoodput = 0.9;
    private const double LongestRefusalMs = 50;

    /// <summary>Until turns end as fast as they will: what is accepted in the last second of a load ends behind it, and is not to be missed at its beginning.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(string[] args)
    {
        var options = new Arguments(args, "seconds", "turns", "lines", "calm");
        var window = TimeSpan.FromSeconds(options.Number("seconds", 15));
        Console.WriteLine($"overload, {window.TotalSeconds:0} s each, {Environment.ProcessorCount} cores shared by server and clients");
        using var directory = new TemporaryFolder("convonet-overload-");
        var findings = new Findings();
        string[] bound = options.Number("turns", 0) is > 0 and var turns ? ["--Convonet:Admission:MaxTurns", $"{turns}"] : [];
        string[] calm = options.Number("calm", 0) is > 0 and var always ? ["--Convonet:Admission:TurnsInCongestion", $"{always}"] : [];
        await using var server = await ServerProcess.StartAsync(
            "short", directory.Store, ["--Convonet:Admission:MaxTurnsOfUser", "1000000", "--Convonet:Transport:MaxConnectionsPerAddress", "2000", "--Convonet:Transport:FramesPerSecond", "1000", .. bound, .. calm]);
        await using var crowd = await Crowd.ConnectAsync(server.Voice, options.Number("lines", 1500));
        await crowd.AskAllTheTimeAsync(32, window / 3); // warms up
        var capacity = 0.0;
        foreach (var clients in (int[])[16, 64])
        {
            capacity = Math.Max(capacity, (await MeasureAsync(crowd, time => crowd.AskAllTheTimeAsync(clients, time), window)).Goodput);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"capacity     {capacity:0} turns a second"));
        Console.WriteLine("load | goodput of the peak | accepted: p50, p99 | refused | refusals: p50, p99 | resident");
        var rows = new List<(int Load, Tally Tally, double Goodput)>();
        foreach (var load in (int[])[1, 2, 3, 4])
        {
            var (tally, goodput) = await MeasureAsync(crowd, time => crowd.AskAtAsync(capacity * load, time), window);
            rows.Add((load, tally, goodput));
            var peak = Math.Max(capacity, rows.Max(row => row.Goodput));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{load}× ({tally.Sent / (Lead + window).TotalSeconds / capacity:0.0}×) | {goodput / peak:0 %} | {Percentiles.At(tally.Turns, 0.5):0}, {Percentiles.At(tally.Turns, 0.99):0} ms | {tally.Refusals.Count} | {Percentiles.At(tally.Refusals, 0.5):0}, {Percentiles.At(tally.Refusals, 0.99):0} ms | {server.ResidentBytes >> 20} MB"));
            findings.Holds(tally.Dropped.IsEmpty, "dropped", string.Join(", ", tally.Dropped.Distinct().Take(3)));
            findings.Holds(tally.WithoutDelay == 0, "without retry_after_ms", $"{tally.WithoutDelay} refusals at {load}×");
            findings.Once($"ends of accepted turns at {load}×", tally.Turns.Count, tally.Accepted);
            findings.Once($"answers to messages at {load}×", tally.Turns.Count + tally.Refusals.Count + tally.Dropped.Count, tally.Sent);
            findings.Reaches(goodput >= LeastGoodput * peak, string.Create(CultureInfo.InvariantCulture, $"goodput: {goodput / peak:0 %} of the peak at {load}×"));
            findings.Reaches(Percentiles.At(tally.Refusals, 0.99) <= LongestRefusalMs, string.Create(CultureInfo.InvariantCulture, $"refusals: p99 {Percentiles.At(tally.Refusals, 0.99):0} ms at {load}×"));
        }

        return findings.Conclude();
    }

    /// <summary>Asks, counts what ends in the window behind the lead, and waits for the rest.</summary>
    private static async Task<(Tally Tally, double Goodput)> MeasureAsync(Crowd crowd, Func<TimeSpan, Task> ask, TimeSpan window)
    {
        var tally = crowd.Tally = new Tally();
        var asking = ask(Lead + window);
        await Task.Delay(Lead);
        var before = tally.Turns.Count;
        await asking;
        var ended = tally.Turns.Count - before;
        await crowd.DrainAsync(DrainLimit);
        return (tally, ended / window.TotalSeconds);
    }
}
