using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using Convonet.Chaos.Parent;
using Convonet.Chaos.Serve;

namespace Convonet.Chaos.Host;

/// <summary>
/// One fault of the host, in the middle of a turn. While it lasts messages are refused with the code of it and nothing is acknowledged that is not kept; when it is over the same server
/// takes messages again within its time, the turn has its end, and after a kill the store holds exactly what was accepted.
/// </summary>
/// <param name="fault">The fault.</param>
/// <param name="broken">How long it lasts.</param>
/// <param name="isNaive">Whether a message that was refused is taken for one that was accepted, to see that it is missed.</param>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class HostRow(HostFault fault, TimeSpan broken, bool isNaive, Findings findings)
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReplyLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.25);

    private readonly List<string> _accepted = [];
    private readonly SortedDictionary<string, int> _refused = new(StringComparer.Ordinal);
    private readonly List<double> _replies = [];
    private int _messages;
    private string? _lastTurn;
    private int _healthy;
    private int _unhealthy;

    public async Task RunAsync()
    {
        await using var server = await ServerProcess.StartByAsync(fault.Launcher, "paced", fault.Store);
        using var patience = new CancellationTokenSource(broken + Patience);
        using var line = await VoiceLine.ConnectAsync(server.Voice, patience.Token);
        using var other = await VoiceLine.ConnectAsync(server.Voice, patience.Token);
        await AskAsync(line, "before", patience.Token);
        await EndAsync(line, patience.Token);
        await AskAsync(line, "under way", patience.Token);
        await line.UntilAsync(static heard => heard.Name == "agent_stream_chunk", patience.Token);

        await fault.BreakAsync(server);
        var since = Stopwatch.GetTimestamp();
        var underWay = EndAsync(line, patience.Token);
        while (Stopwatch.GetElapsedTime(since) < broken)
        {
            await TryAsync(other, server, patience.Token);
            await Task.Delay(Pause, patience.Token);
        }

        CheckMeanwhile();
        await fault.HealAsync();
        var healed = Stopwatch.GetTimestamp();
        while (!await TryAsync(other, server, patience.Token))
        {
            await Task.Delay(Pause, patience.Token);
        }

        var recovery = Stopwatch.GetElapsedTime(healed);
        findings.Holds(recovery <= Recovery, "slow", $"{fault.Name}: {recovery.TotalSeconds:0.0} s until a message was accepted again");
        var outcome = await underWay;
        findings.Holds(outcome is "completed" or "failed", "wrong end", $"{fault.Name}: the turn under way ended as {outcome}");

        // The line of before has read nothing since its turn ended, and is given up for it.
        using var again = await VoiceLine.ConnectAsync(server.Voice, patience.Token);
        await again.SendAsync("resume", new { conversation = line.Conversation, after = 0, epoch = 1 }, patience.Token);
        await again.UntilAsync(static heard => heard.Name is "status" or "snapshot", patience.Token);
        await AskAsync(again, "after", patience.Token);
        findings.Holds(await EndAsync(again, patience.Token) == "completed", "wrong end", $"{fault.Name}: the message behind it did not complete");
        await other.UntilAsync(heard => heard.Name == "agent_response" && heard["turn"] == _lastTurn, patience.Token);

        await server.KillAsync();
        StoreCheck.Check(fault.Store, [.. _accepted, .. fault.Said], findings, outcomes: "Failed");
        findings.Fact(string.Create(
            CultureInfo.InvariantCulture,
            $"{fault.Name}: refused {(_refused.Count == 0 ? "0" : string.Join(", ", _refused.Select(one => $"{one.Value} {one.Key}")))} in at most {Percentiles.At(_replies, 1) / 1000:0.0} s, accepted {_accepted.Count - 4}; healthy {_healthy} of {_healthy + _unhealthy}; under way {outcome}; again after {recovery.TotalSeconds:0.0} s"));
    }

    private void CheckMeanwhile()
    {
        var code = fault.Expected is Expected.ServesLate or Expected.Sheds ? "overloaded" : "storage_unavailable";
        var serves = fault.Expected is Expected.ServesLate or Expected.Serves or Expected.ServesOldLines;
        findings.Holds(serves || _refused.Count > 0, "no fault", $"{fault.Name}: nothing was refused");
        findings.Holds(fault.Expected != Expected.ServesOldLines || _unhealthy > 0, "no fault", $"{fault.Name}: a new connection was let in");
        findings.Holds(_refused.Keys.All(one => one == code), "wrong code", $"{fault.Name}: {string.Join(", ", _refused.Keys)}");
        findings.Holds(fault.Expected is Expected.ServesLate or Expected.ServesOldLines || _unhealthy == 0, "no health", $"{fault.Name}: {_unhealthy} times");
        findings.Holds(fault.Expected != Expected.RefusesAll || _accepted.Count == 2, "acknowledged", $"{fault.Name}: {_accepted.Count - 2} messages while nothing can be kept");
    }

    /// <summary>Sends the message; the same one until it is taken.</summary>
    private async Task<bool> TryAsync(VoiceLine line, ServerProcess server, CancellationToken cancellationToken)
    {
        await LookAsync(server);
        var text = $"message {_messages}";
        var began = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ReplyLimit);
        var reply = await line.SubmitAsync(text, text, limit.Token);
        _replies.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        if (reply.Name == "accepted")
        {
            _messages++;
            _lastTurn = reply["turn"];
            _accepted.Add(text);
            return true;
        }

        _refused[reply["code"]!] = _refused.GetValueOrDefault(reply["code"]!) + 1;
        if (isNaive)
        {
            _messages++;
            _accepted.Add(text);
        }

        return false;
    }

    /// <summary>Whether the process answers at all.</summary>
    private async Task LookAsync(ServerProcess server)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(1) };
        try
        {
            using var response = await http.GetAsync(new Uri(server.Address, "/healthz"));
            (_healthy, _unhealthy) = response.IsSuccessStatusCode ? (_healthy + 1, _unhealthy) : (_healthy, _unhealthy + 1);
        }
        catch (Exception error) when (error is OperationCanceledException or HttpRequestException)
        {
            _unhealthy++;
        }
    }

    private async Task AskAsync(VoiceLine line, string text, CancellationToken cancellationToken)
    {
        var reply = await line.SubmitAsync(text, text, cancellationToken);
        if (reply.Name != "accepted")
        {
            throw new WebSocketException($"{text} was refused: {reply.Data.GetRawText()}");
        }

        _accepted.Add(text);
    }

    private static async Task<string> EndAsync(VoiceLine line, CancellationToken cancellationToken) =>
        (await line.UntilAsync(static heard => heard.Name == "agent_response", cancellationToken))["outcome"]!;
}
