using System.Diagnostics;
using Convonet.Chaos.Parent;

namespace Convonet.Chaos.Cluster;

/// <summary>Three nodes, PostgreSQL and Redis as processes, clients that talk all the time, and one fault after the other. In the end each message was answered once, with each word, and its tool ran once.</summary>
internal static class ClusterCampaign
{
    /// <summary>Within which a turn that lost its node goes on (p99).</summary>
    private const double TargetMs = 3000;

    /// <summary>Answers that each client has before the first fault: a cold node is slow by itself.</summary>
    private const int WarmAfter = 3;

    private static readonly TimeSpan WarmLimit = TimeSpan.FromMinutes(1);

    public static async Task<int> RunAsync(string[] args)
    {
        var options = new Arguments(args, "clients", "rounds", "only", "seed");
        var (clients, rounds, only) = (options.Number("clients", 30), options.Number("rounds", 3), options.Text("only", ""));
        var seed = options.Number("seed", Seeds.Any());
        Console.WriteLine($"cluster, {clients} clients, {rounds} rounds of each fault, seed {seed}");
        var findings = new Findings();
        await using var services = new ClusterServices();
        if (await services.StartAsync() is { } missing)
        {
            Console.WriteLine($"NOT RUN, {missing}");
            return 1;
        }

        var clock = Stopwatch.StartNew();
        var name = $"chaos-{Guid.NewGuid():N}"[..20];
        ClusterNode[] nodes = [.. Enumerable.Range(0, 3).Select(_ => new ClusterNode(services.Store, name, services.Redis, ClusterServices.FreePort()))];
        try
        {
            foreach (var node in nodes)
            {
                await node.StartAsync();
            }

            await TalkAsync(services, nodes, new(clients, rounds, only, seed), findings);
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }

        findings.Fact($@"elapsed      {clock.Elapsed:mm\:ss}");
        return findings.Conclude();
    }

    private static async Task TalkAsync(ClusterServices services, ClusterNode[] nodes, Plan plan, Findings findings)
    {
        using var noMore = new CancellationTokenSource();
        RoamingClient[] all = [.. Enumerable.Range(0, plan.Clients).Select(number => new RoamingClient(number, plan.Seed, nodes, findings))];
        var talks = Task.WhenAll(all.Select(client => Task.Run(() => client.RunAsync(noMore.Token))));
        for (var began = Stopwatch.GetTimestamp(); all.Any(client => client.Answered.Count < WarmAfter) && Stopwatch.GetElapsedTime(began) < WarmLimit;)
        {
            await Task.Delay(ClusterFaults.Quiet / 8);
        }

        var faults = new ClusterFaults(services, nodes, all);
        foreach (var (what, fault) in faults.All().Where(one => one.What.Contains(plan.Only, StringComparison.Ordinal)))
        {
            var (moved, broke) = (0, 0);
            for (var round = 0; round < plan.Rounds; round++)
            {
                var (turns, lines) = await FaultAsync(what, () => fault(nodes[round % nodes.Length]), all, findings);
                (moved, broke) = (moved + turns, broke + lines);
            }

            findings.Holds(moved > 0 || what != ClusterFaults.Killed, "not shown", $"{what}: no turn moved");
            findings.Holds(broke > 0 || what != ClusterFaults.Connection, "not shown", $"{what}: no line of a turn broke whose owner stayed");
        }

        await noMore.CancelAsync();
        await talks;
        findings.Fact($"all          {all.Sum(client => client.Answered.Count)} answered, {all.Sum(client => client.Failed.Count)} ended as failed, {all.Sum(client => client.Reconnects)} reconnects");
        findings.Fact($"last words   {string.Join(", ", nodes.SelectMany(node => node.Ends).Where(end => end.Length > 0))}");
        findings.Fact($"zombies      {faults.Refused} late writes of woken nodes were refused");
        findings.Holds(faults.Refused > 0 || !ClusterFaults.Stopped.Contains(plan.Only, StringComparison.Ordinal), "not shown", "no late write of a woken node was refused");
        await ClusterCheck.CheckAsync(services.Store, all, findings);
    }

    /// <returns>How many turns moved, and how many lines broke of turns whose owner stayed.</returns>
    private static async Task<(int Turns, int Lines)> FaultAsync(string what, Func<Task<string>> fault, RoamingClient[] all, Findings findings)
    {
        var (moves, lines) = (all.Select(client => client.Silences.OfOwners.Count).ToArray(), all.Select(client => client.Silences.OfLines.Count).ToArray());
        var (failed, answered) = (all.Sum(client => client.Failed.Count), all.Sum(client => client.Answered.Count));
        var outcome = await fault();
        await Task.Delay(ClusterFaults.Quiet);
        double[] times = [.. all.SelectMany((client, index) => client.Silences.OfOwners.Skip(moves[index]).ToArray())];
        double[] others = [.. all.SelectMany((client, index) => client.Silences.OfLines.Skip(lines[index]).ToArray())];
        findings.Reaches(Percentiles.At(times, 0.99) <= TargetMs, $"{what}: a turn went on after {Percentiles.At(times, 0.99):0} ms (p99)");
        findings.Reaches(Percentiles.At(others, 0.99) <= TargetMs, $"{what}: a client was back in its answer after {Percentiles.At(others, 0.99):0} ms (p99)");
        Console.WriteLine(
            $"{what,-30} {all.Sum(client => client.Answered.Count) - answered} answered, {all.Sum(client => client.Failed.Count) - failed} failed, "
            + $"{times.Length} turns moved: {Percentiles.Tell(times)}; {others.Length} lines broke, owner stayed: {Percentiles.Tell(others)} {outcome}");
        findings.Holds(all.Sum(client => client.Failed.Count) == failed || what.StartsWith("PostgreSQL", StringComparison.Ordinal), "failed", $"{what}: {string.Join(", ", all.SelectMany(client => client.Failed))}");
        return (times.Length, others.Length);
    }

    private sealed record Plan(int Clients, int Rounds, string Only, int Seed);
}
