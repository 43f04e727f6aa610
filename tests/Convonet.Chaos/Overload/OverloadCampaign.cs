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

    /// <summary>Of what was to be sent, at the largest load; below it nobody knows what that load does.</summary>
    private const double LeastSent = 0.95;

    /// <summary>How much longer accepted turns may take at four times the capacity than at the capacity.</summary>
    private const double MostSlower = 2;

    /// <summary>How much more the process may hold under four times the capacity than under the capacity, and at the end of that load than at that of twice the capacity: what is bounded does not follow what is sent.</summary>
    private const double MostMemory = 1.5;
    private const double MostMemoryOfTwice = 1.25;

    /// <summary>Until turns end as fast as they will: what is accepted in the last second of a load ends behind it, and is not to be missed at its beginning.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(string[] args)
    {
        var options = new Arguments(args, "seconds", "turns", "lines", "calm", "apart");
        var window = TimeSpan.FromSeconds(options.Number("seconds", 15));
        string[] launcher = options.Number("apart", 0) > 0 ? await Cores.PartAsync() : [];
        Console.WriteLine($"overload, {window.TotalSeconds:0} s each, {Environment.ProcessorCount} cores {(launcher.Length > 0 ? "of which the server has one, and the clients have the rest" : "shared by server and clients")}");
        using var directory = new TemporaryFolder("convonet-overload-");
        var findings = new Findings();
        var lines = options.Number("lines", 600);
        string[] bound = options.Number("turns", 0) is > 0 and var turns ? ["--Convonet:Admission:MaxTurns", $"{turns}"] : [];
        string[] calm = options.Number("calm", 0) is > 0 and var always ? ["--Convonet:Admission:TurnsInCongestion", $"{always}"] : [];
        await using var server = await ServerProcess.StartByAsync(
            launcher,
            "short",
            directory.Store,
            [
                "--Convonet:Admission:MaxTurnsOfUser", "1000000", "--Convonet:Transport:FramesPerSecond", "1000", "--Convonet:Transport:MaxConnectionsPerAddress", $"{lines + 100}",
                "--Convonet:Transport:MaxConnections", $"{lines + 100}", .. bound, .. calm,
            ]);
        await using var crowd = await Crowd.ConnectAsync(server.Voice, lines);
        await crowd.AskAllTheTimeAsync(32, window / 3); // warms up
        var capacity = 0.0;
        foreach (var clients in (int[])[16, 64])
        {
            var row = await MeasureAsync(server, crowd, time => crowd.AskAllTheTimeAsync(clients, time), window);
            capacity = Math.Max(capacity, row.Goodput);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clients} clients   {row.Goodput:0} turns a second, {row.PerTurn.TotalMilliseconds:0.00} ms computed a turn"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"capacity     {capacity:0} turns a second"));
        Console.WriteLine("load (sent) | goodput of the peak | accepted: p50, p99 | refused | refusals: p50, p99 | resident at most | computed a turn");
        var rows = new List<Row>();
        foreach (var load in (int[])[1, 2, 3, 4])
        {
            var row = await MeasureAsync(server, crowd, time => crowd.AskAtAsync(capacity * load, time), window) with { Load = load };
            rows.Add(row);
            var (tally, peak, sent) = (row.Tally, Math.Max(capacity, rows.Max(one => one.Goodput)), row.Tally.Sent / (Lead + window).TotalSeconds / capacity);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{load}× ({sent:0.0}×) | {row.Goodput / peak:0 %} | {Percentiles.At(tally.Turns, 0.5):0}, {row.SlowestMs:0} ms | {tally.Refusals.Count} | {Percentiles.At(tally.Refusals, 0.5):0}, {Percentiles.At(tally.Refusals, 0.99):0} ms | {row.ResidentBytes >> 20} MB | {row.PerTurn.TotalMilliseconds:0.00} ms"));
            findings.Holds(tally.Dropped.IsEmpty, "dropped", string.Join(", ", tally.Dropped.Distinct().Take(3)));
            findings.Holds(tally.WithoutDelay == 0, "without retry_after_ms", $"{tally.WithoutDelay} refusals at {load}×");
            findings.Once($"ends of accepted turns at {load}×", tally.Turns.Count, tally.Accepted);
            findings.Once($"answers to messages at {load}×", tally.Turns.Count + tally.Refusals.Count + tally.Dropped.Count, tally.Sent);
            findings.Reaches(sent >= LeastSent * load, string.Create(CultureInfo.InvariantCulture, $"load: {sent:0.00}× sent, not {load}×; more --lines, or --apart 1"));
            findings.Reaches(row.Goodput >= LeastGoodput * peak, string.Create(CultureInfo.InvariantCulture, $"goodput: {row.Goodput / peak:0 %} of the peak at {load}×"));
            findings.Reaches(Percentiles.At(tally.Refusals, 0.99) <= LongestRefusalMs, string.Create(CultureInfo.InvariantCulture, $"refusals: p99 {Percentiles.At(tally.Refusals, 0.99):0} ms at {load}×"));
        }

        Compare(findings, rows);
        return findings.Conclude();
    }

    private static void Compare(Findings findings, List<Row> rows)
    {
        var (once, twice, most) = (rows[0], rows[1], rows[^1]);
        findings.Reaches(
            most.SlowestMs <= MostSlower * once.SlowestMs,
            string.Create(CultureInfo.InvariantCulture, $"accepted: p99 {most.SlowestMs:0} ms at {most.Load}×, {most.SlowestMs / once.SlowestMs:0.0} times that at 1×, and at most {MostSlower:0.0} times"));
        Holds(once, MostMemory);
        Holds(twice, MostMemoryOfTwice);

        void Holds(Row than, double times) => findings.Holds(
            most.ResidentBytes <= times * than.ResidentBytes,
            "memory",
            string.Create(CultureInfo.InvariantCulture, $"{most.ResidentBytes >> 20} MB at {most.Load}×, {(double)most.ResidentBytes / than.ResidentBytes:0.00} times that at {than.Load}×, and at most {times:0.00} times"));
    }

    /// <summary>Asks, counts what ends in the window behind the lead, looks at the memory meanwhile, and waits for the rest.</summary>
    private static async Task<Row> MeasureAsync(ServerProcess server, Crowd crowd, Func<TimeSpan, Task> ask, TimeSpan window)
    {
        var tally = crowd.Tally = new Tally();
        var asking = ask(Lead + window);
        await Task.Delay(Lead);
        var before = tally.Turns.Count;
        var (resident, computed) = (server.ResidentBytes, server.ProcessorTime);
        while (!asking.IsCompleted)
        {
            await Task.WhenAny(asking, Task.Delay(TimeSpan.FromMilliseconds(250)));
            resident = Math.Max(resident, server.ResidentBytes);
        }

        await asking;
        var ended = tally.Turns.Count - before;
        var perTurn = (server.ProcessorTime - computed) / Math.Max(1, ended);
        await crowd.DrainAsync(DrainLimit);
        return new Row(0, tally, ended / window.TotalSeconds, resident, perTurn);
    }

    /// <summary>A load, and what became of it.</summary>
    /// <param name="Load">Times the capacity.</param>
    /// <param name="Tally">What became of its messages.</param>
    /// <param name="Goodput">Turns that ended, a second.</param>
    /// <param name="ResidentBytes">The most that the server held.</param>
    /// <param name="PerTurn">How long it computed for each of them, refusals included: what other work on the machine spoils least.</param>
    private sealed record Row(int Load, Tally Tally, double Goodput, long ResidentBytes, TimeSpan PerTurn)
    {
        public double SlowestMs { get; } = Percentiles.At(Tally.Turns, 0.99);
    }
}
