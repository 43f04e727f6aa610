using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Convonet.Chaos.Cluster;

/// <summary>What is done to the nodes of a cluster and to what they need.</summary>
internal sealed partial class ClusterFaults(ClusterServices services, ClusterNode[] nodes, RoamingClient[] clients)
{
    public const string Killed = "node killed";
    public const string Connection = "connection's node, not owner";
    public const string Stopped = "node stopped for 8 s and woken";

    /// <summary>Until what a fault did has settled.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(4);

    /// <summary>Late writes of nodes that were stopped and woken.</summary>
    public int Refused { get; private set; }

    public IEnumerable<(string What, Func<ClusterNode, Task<string>> Fault)> All()
    {
        yield return (Killed, async node =>
        {
            await node.KillAsync();
            await Task.Delay(Quiet);
            await node.StartAsync();
            return "";
        }
        );
        yield return (Connection, async _ => await KillTheClientsNodeAsync());
        yield return (Stopped, async _ =>
        {
            var node = await BusiestAsync();
            await node.SignalAsync("STOP");
            await Task.Delay(TimeSpan.FromSeconds(8));
            await node.SignalAsync("CONT");
            var ends = node.Ends.Count;
            var outcome = await AgainAsync(node) ? "ended itself" : "went on";
            Refused += node.Ends.Skip(ends).Sum(RefusedIn);
            return outcome;
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

    /// <summary>What a node that ended said of late writes; other last words say nothing of them.</summary>
    private static int RefusedIn(string end) => LateWrites().Match(end) is { Success: true } found ? int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    /// <summary>Half of the clients go to another node than their conversation is at; then the node dies at which most of them hear an answer that another one says.</summary>
    private async Task<string> KillTheClientsNodeAsync()
    {
        foreach (var client in clients.Where((_, index) => index % 2 == 0))
        {
            client.Wander();
        }

        await Task.Delay(Quiet);
        var owners = await OwnersAsync();
        var heard = clients.Where(client => client.IsHearing && client.Conversation is { } id && owners.TryGetValue(id, out var port) && port != client.Node.Port)
            .GroupBy(client => client.Node).MaxBy(group => group.Count());
        if (heard is null)
        {
            return "nobody heard an answer of another node";
        }

        var count = heard.Count();
        await heard.Key.KillAsync();
        await Task.Delay(Quiet);
        await heard.Key.StartAsync();
        return $"{count} clients were hearing an answer of another node";
    }

    /// <summary>The owner of most conversations: one that was started again in an earlier fault may have none.</summary>
    private async Task<ClusterNode> BusiestAsync()
    {
        var counts = (await OwnersAsync()).Values.CountBy(static port => port).ToDictionary();
        return nodes.MaxBy(node => counts.GetValueOrDefault(node.Port))!;
    }

    /// <summary>The ports of the nodes that conversations are at.</summary>
    private async Task<Dictionary<string, int>> OwnersAsync()
    {
        await using var database = NpgsqlDataSource.Create(services.Store + ";Pooling=False");
        await using var command = database.CreateCommand("""SELECT "Id", "Owner" FROM conversations WHERE "Owner" IS NOT NULL""");
        await using var reader = await command.ExecuteReaderAsync();
        var owners = new Dictionary<string, int>(StringComparer.Ordinal);
        while (await reader.ReadAsync())
        {
            // Machine, port, and what is new with each start.
            owners[reader.GetString(0)] = int.Parse(reader.GetString(1).Split(':')[^2], CultureInfo.InvariantCulture);
        }

        return owners;
    }

    [GeneratedRegex(@"\b(\d+) late writes refused\b")]
    private static partial Regex LateWrites();
}
