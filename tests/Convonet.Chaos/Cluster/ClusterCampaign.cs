using System.Diagnostics;
using Convonet.Chaos.Parent;
using Npgsql;

namespace Convonet.Chaos.Cluster;

/// <summary>Three nodes, PostgreSQL and Redis as processes, clients that talk all the time, and one fault after the other. In the end each message was answered once, with each word, and its tool ran once.</summary>
internal static class ClusterCampaign
{
    private const string Killed = "node killed";
    /// <summary>Within which a turn that lost its node goes on (p99).</summary>
    private const double TargetMs = 3000;

    private const string Stopped = "node stopped for 8 s and woken";
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(4);

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
            await Task.Delay(Quiet / 8);
        }

        foreach (var (what, fault) in Faults(services, nodes).Where(one => one.What.Contains(plan.Only, StringComparison.Ordinal)))
        {
            for (var round = 0; round < plan.Rounds; round++)
            {
                await FaultAsync(what, () => fault(nodes[round % nodes.Length]), all, findings);
            }
        }

        await noMore.CancelAsync();
        await talks;
        findings.Fact($"all          {all.Sum(client => client.Answered.Count)} answered, {all.Sum(client => client.Failed.Count)} ended as failed, {all.Sum(client => client.Reconnects)} reconnects");
        var late = nodes.SelectMany(node => node.Ends).Where(end => end.Length > 0).ToArray();
        findings.Fact($"zombies      {(late.Length == 0 ? "none" : string.Join(", ", late))}");
        findings.Holds(late.Length > 0 || !Stopped.Contains(plan.Only, StringComparison.Ordinal), "not shown", "no late write of a woken node was there to be refused");
        await CheckAsync(services.Store, all, findings);
    }

    private static IEnumerable<(string What, Func<ClusterNode, Task<string>> Fault)> Faults(ClusterServices services, ClusterNode[] nodes)
    {
        yield return (Killed, async node =>
        {
            await node.KillAsync();
            await Task.Delay(Quiet);
            await node.StartAsync();
            return "";
        }
        );
        yield return (Stopped, async node =>
        {
            await node.SignalAsync("STOP");
            await Task.Delay(TimeSpan.FromSeconds(8));
            await node.SignalAsync("CONT");
            return await AgainAsync(node) ? "ended itself" : "went on";
        }
        );
        yield return ("node paused for 2 s", async node =>
        {
            await node.SignalAsync("STOP");
            await Task.Delay(TimeSpan.FromSeconds(2));
            await node.SignalAsync("CONT");
            return await AgainAsync(node) ? "taken for dead" : "went on";
        }
        );
        yield return ("processors busy for 20 s", async _ =>
        {
            await BusyAsync(TimeSpan.FromSeconds(20));
            var dead = 0;
            foreach (var node in nodes)
            {
                dead += await AgainAsync(node) ? 1 : 0;
            }

            return $"{dead} taken for dead";
        }
        );
        yield return ("Redis restarted, empty", async _ =>
        {
            await services.RestartRedisAsync(TimeSpan.FromSeconds(2));
            return string.Join(", ", await Task.WhenAll(nodes.Select(async node => await AgainAsync(node) ? "ended itself" : "went on")));
        }
        );
        yield return ("PostgreSQL restarted", async _ =>
        {
            await services.RestartPostgresAsync(TimeSpan.FromSeconds(2));
            return "";
        }
        );
        yield return ("rolling restart", async _ =>
        {
            foreach (var node in nodes)
            {
                await node.StopAsync();
                await node.StartAsync();
                await Task.Delay(TimeSpan.FromSeconds(1));
            }

            return "";
        }
        );
    }

    /// <summary>Four programs a processor that want all of it.</summary>
    private static async Task BusyAsync(TimeSpan time)
    {
        Process[] all = [.. Enumerable.Range(0, 4 * Environment.ProcessorCount).Select(_ => Process.Start("sh", ["-c", "while :; do :; done"])!)];
        await Task.Delay(time);
        foreach (var one in all)
        {
            one.Kill();
            await one.WaitForExitAsync();
            one.Dispose();
        }
    }

    private static async Task<bool> AgainAsync(ClusterNode node)
    {
        if (!await node.EndsAsync(Quiet))
        {
            return false;
        }

        await node.StartAsync();
        return true;
    }

    private static async Task FaultAsync(string what, Func<Task<string>> fault, RoamingClient[] all, Findings findings)
    {
        var (moves, failed, answered) = (all.Select(client => client.Moves.Count).ToArray(), all.Sum(client => client.Failed.Count), all.Sum(client => client.Answered.Count));
        var outcome = await fault();
        await Task.Delay(Quiet);
        double[] times = [.. all.SelectMany((client, index) => client.Moves.Skip(moves[index]).ToArray())];
        findings.Holds(times.Length > 0 || what != Killed, "not shown", $"{what}: no turn moved");
        findings.Reaches(Percentiles.At(times, 0.99) <= TargetMs, $"{what}: a turn went on after {Percentiles.At(times, 0.99):0} ms (p99)");
        var line = $"{what,-30} {all.Sum(client => client.Answered.Count) - answered} answered, {all.Sum(client => client.Failed.Count) - failed} failed, {times.Length} turns moved: {Percentiles.Tell(times)} {outcome}";
        Console.WriteLine(line);
        findings.Holds(all.Sum(client => client.Failed.Count) == failed || what.StartsWith("PostgreSQL", StringComparison.Ordinal), "failed", $"{what}: {string.Join(", ", all.SelectMany(client => client.Failed))}");
    }

    /// <summary>With SQL of its own, after the nodes have ended what they had.</summary>
    private static async Task CheckAsync(string store, RoamingClient[] all, Findings findings)
    {
        await using var database = NpgsqlDataSource.Create(store + ";Pooling=False");
        async Task<Dictionary<string, int>> CountAsync(string sql)
        {
            await using var command = database.CreateCommand(sql);
            await using var reader = await command.ExecuteReaderAsync();
            var found = new Dictionary<string, int>(StringComparer.Ordinal);
            while (await reader.ReadAsync())
            {
                found[reader.GetString(0)] = (int)reader.GetInt64(1);
            }

            return found;
        }

        var todos = await CountAsync("""SELECT "Title", count(*) FROM todos GROUP BY 1""");
        var turns = await CountAsync("""SELECT "Text", count(*) FROM turns GROUP BY 1""");
        foreach (var message in all.SelectMany(client => client.Answered))
        {
            findings.Once($"todo of {message}", todos.GetValueOrDefault(message));
            findings.Once($"turn of {message}", turns.GetValueOrDefault(message));
        }

        foreach (var (title, count) in todos.Where(todo => todo.Value > 1))
        {
            findings.Once($"todo of {title}", count);
        }

        var open = await CountAsync("""SELECT "Text", 1::bigint FROM turns WHERE "EndedAt" IS NULL""");
        findings.Holds(open.Count == 0, "not ended", string.Join(", ", open.Keys));
    }

    private sealed record Plan(int Clients, int Rounds, string Only, int Seed);
}
