using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using Convonet.Chaos.Cuts;
using Convonet.Chaos.Parent;
using Convonet.Chaos.Serve;

namespace Convonet.Chaos.Restarts;

/// <summary>
/// The whole server, with its doors, is killed while it answers, every other time once more while it starts, and started again, many times: how long it takes from the start of the process until a message is accepted, and whether
/// what was accepted before the kill is answered by the next one.
/// </summary>
internal sealed class RestartCampaign(string database, int restarts, bool naive, Random random, Findings findings)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Longer than a start takes on a quiet machine.</summary>
    private static readonly TimeSpan Starting = TimeSpan.FromSeconds(3);

    private readonly List<double> _ready = [];
    private readonly List<double> _caughtUp = [];
    private string? _conversation;

    public static async Task<int> RunAsync(string[] args)
    {
        var options = new Arguments(args, "restarts", "seed", "naive");
        var (restarts, seed) = (options.Number("restarts", 100), options.Number("seed", Seeds.Any()));
        Console.WriteLine($"restart, {restarts} times, seed {seed}");
        using var directory = new TemporaryFolder("convonet-restarts-");
        var findings = new Findings();
        var clock = Stopwatch.StartNew();
        var campaign = new RestartCampaign(directory.Store, restarts, options.Number("naive", 0) > 0, new Random(seed), findings);
        await campaign.RunAsync();
        StoreCheck.Check(directory.Store, [.. Enumerable.Range(0, restarts + 1).Select(MessageOf)], findings, static message => string.Concat(CountingModel.AnswerTo(message)));
        findings.Fact($"killed       {restarts + 1} while they answered, {restarts / 2} while they started");
        findings.Fact($"restart      from the start of the process until a message is accepted: {Percentiles.Tell(campaign._ready)}");
        findings.Fact($"taken up     until the turn that the kill had left has ended: {Percentiles.Tell(campaign._caughtUp)}");
        findings.Fact($@"elapsed      {clock.Elapsed:mm\:ss}");
        return findings.Conclude();
    }

    private static string MessageOf(int number) => $"message {number}";

    private async Task RunAsync()
    {
        // The first one makes the schema; what is measured are restarts.
        await using (var first = await ServerProcess.StartAsync("counting", database))
        {
            await LiveAsync(first, 0, null);
        }

        for (var number = 1; number <= restarts; number++)
        {
            if (number % 2 == 0)
            {
                // Nothing is heard of this one; what it leaves behind must not be in the way of the next.
                await ServerProcess.KillWhileItStartsAsync("counting", database, random.NextDouble() * Starting);
            }

            var started = Stopwatch.GetTimestamp();
            await using var server = await ServerProcess.StartAsync("counting", database);
            await LiveAsync(server, number, started);
        }

        await using var last = await ServerProcess.StartAsync("counting", database);
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            using var line = await VoiceLine.ConnectAsync(last.Voice, limit.Token);
            await CatchUpAsync(line, limit.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException)
        {
            findings.Add("hanging", $"the last process: {error.Message}");
        }
    }

    /// <summary>Gives it a message, sees what was left before end, and kills it in the middle of the answer.</summary>
    private async Task LiveAsync(ServerProcess server, int number, long? started)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            using var line = await VoiceLine.ConnectAsync(server.Voice, limit.Token);
            if (naive)
            {
                // A message counts as accepted when it is sent: as if it had been acknowledged before it is kept.
                await line.AskAsync(MessageOf(number), $"m{number}", limit.Token);
                await server.KillAsync();
                return;
            }

            var reply = await line.SubmitAsync(MessageOf(number), $"m{number}", limit.Token);
            findings.Holds(reply.Name == "accepted", "refused", reply.Data.GetRawText());
            if (started is { } start)
            {
                _ready.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                using var other = await VoiceLine.ConnectAsync(server.Voice, limit.Token);
                await CatchUpAsync(other, limit.Token);
                _caughtUp.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            _conversation = line.Conversation;
            await Task.Delay(random.Next(50), limit.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException)
        {
            findings.Add("hanging", $"process {number}: {error.Message}");
        }

        await server.KillAsync();
    }

    /// <summary>Waits until the turn that was left has ended.</summary>
    private async Task CatchUpAsync(VoiceLine line, CancellationToken cancellationToken)
    {
        if (_conversation is null)
        {
            return;
        }

        await line.SendAsync("resume", new { conversation = _conversation, after = 0, epoch = 0 }, cancellationToken);
        var heard = await line.UntilAsync(one => one.Name is "snapshot" or "error" or "agent_response", cancellationToken);
        if (heard.Name == "snapshot" && heard.Data.GetProperty("turns").EnumerateArray().Any(static turn => !turn.TryGetProperty("outcome", out var outcome) || outcome.ValueKind == JsonValueKind.Null))
        {
            heard = await line.UntilAsync(one => one.Name == "agent_response", cancellationToken);
        }

        findings.Holds(heard.Name != "error", "lost", $"conversation {_conversation}: {heard.Data.GetRawText()}");
    }
}
