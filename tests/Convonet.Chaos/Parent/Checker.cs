using System.Text.Json;

namespace Convonet.Chaos.Parent;

/// <summary>Looks whether everything happened exactly once.</summary>
internal sealed class Checker(Ledger ledger, ProcessLogs logs, Talk talk, CampaignOptions options)
{
    private readonly Findings _findings = new();
    private readonly ILookup<string, CallRow> _calls = ledger.Calls.ToLookup(call => call.Turn);

    /// <summary>Checks the database of a campaign.</summary>
    /// <param name="database">The database.</param>
    /// <param name="talk">What was sent and acknowledged.</param>
    /// <param name="left">Messages that did not end in time.</param>
    /// <param name="processes">How many processes there were.</param>
    /// <param name="options">The campaign.</param>
    public static Findings Check(ChaosDatabase database, Talk talk, IReadOnlyList<string> left, int processes, CampaignOptions options)
    {
        var checker = new Checker(Ledger.Read(database), ProcessLogs.Read(database, processes), talk, options);
        foreach (var message in left)
        {
            checker._findings.Add("hanging", message);
        }

        return checker.Check();
    }

    private Findings Check()
    {
        CheckMessages();
        foreach (var turn in ledger.Turns)
        {
            CheckTurn(turn);
            CheckCalls(turn, [.. _calls[turn.Id].OrderBy(call => call.Step).ThenBy(call => call.Ordinal)]);
        }

        new EffectChecker(ledger, _findings).Check();
        CheckAsks();
        CheckSent();
        foreach (var line in logs.Of("invalid"))
        {
            _findings.Add("invalid history", line.Text);
        }

        _findings.Fact($"turns        {ledger.Turns.Count}, calls {ledger.Calls.Count}, model requests {logs.Of("ask").Count()}");
        _findings.Fact($"gave up      {ledger.Turns.Count(turn => turn.GaveUp)} turns, because the store did not answer in time");
        _findings.Fact($"timed out    {ledger.Calls.Count(call => call.Outcome == "Timeout")} calls, at the limit of a tool");
        _findings.Fact($"failed       {ledger.Calls.Count(call => call.Broke)} calls, because a fail-point threw");
        _findings.Fact($"superseded   {logs.Of("log").Count(line => line.Text.Contains("taken over", StringComparison.Ordinal))} turns of processes that had a successor were refused");
        return _findings;
    }

    /// <summary>What was acknowledged is there, once, under the number that was told; what was sent is there in the end.</summary>
    private void CheckMessages()
    {
        var turns = ledger.Turns.ToLookup(turn => turn.Message);
        foreach (var (message, home) in talk.Messages)
        {
            var found = turns[message].ToArray();
            _findings.Once($"turn of {message}", found.Length);
            _findings.Holds(found.All(turn => turn.Conversation == home.Conversation && turn.Text == Work.TextOf(message)), "wrong turn", message);
            _findings.Holds(talk.Accepted.TryGetValue(message, out var number) && found.All(turn => turn.Number == number), "wrong acknowledgement", message);
        }

        foreach (var contradiction in talk.Contradictions)
        {
            _findings.Add("wrong acknowledgement", contradiction);
        }
    }

    private void CheckTurn(TurnRow turn)
    {
        if (turn.GaveUp)
        {
            return;
        }

        _findings.Holds(turn.Outcome == "Completed", "not completed", $"{turn.Message} ended as {turn.Outcome ?? "nothing"}");
        _findings.Once($"last words of {turn.Message}", turn.Shown.Split($"{turn.Message} is done.").Length - 1);
    }

    /// <summary>Exactly the calls of the message, each with its one result, in an order without gaps.</summary>
    private void CheckCalls(TurnRow turn, IReadOnlyList<CallRow> calls)
    {
        foreach (var call in calls)
        {
            _findings.Holds(call.Results <= 1, "duplicated", $"result of {Name(turn, call)}");
            _findings.Holds(call.Results >= 1 || turn.GaveUp, "unrecorded", $"result of {Name(turn, call)}");
        }

        // The fence: behind what an owner recorded nothing comes from one that was there before it.
        var latest = 0;
        foreach (var call in calls.Where(call => call.OwnerEpoch > 0).OrderBy(call => call.RecordedAt))
        {
            _findings.Holds(call.OwnerEpoch >= latest, "late write", $"result of {Name(turn, call)} by owner {call.OwnerEpoch}, after one by {latest}");
            latest = Math.Max(latest, call.OwnerEpoch);
        }

        foreach (var step in calls.GroupBy(call => call.Step))
        {
            _findings.Holds(step.Select((call, place) => call.Ordinal == place).All(inPlace => inPlace), "gap in the plan", $"{turn.Message} step {step.Key}");
        }

        // After a call that took too long or broke the model goes on with other calls; whether each took effect as often as it says is counted all the same.
        if (turn.GaveUp || calls.Any(call => call.Outcome == "Timeout" || call.Broke))
        {
            return;
        }

        foreach (var expected in Work.Of(turn.Message, repeats: !options.Naive).GroupBy(item => (item.Tool, item.Expected)))
        {
            var ofTool = calls.Where(call => call.Tool == expected.Key.Tool && call.Outcome == expected.Key.Expected.ToString()).ToArray();
            var unknown = expected.Key.Tool == "send" ? calls.Count(call => call.Tool == "send" && call.Outcome == "Unknown") : 0;
            _findings.Holds(ofTool.Length + unknown == expected.Count(), "failed", $"{ofTool.Length + unknown} calls of {expected.Key.Tool} in {turn.Message} ended as {expected.Key.Expected}, not {expected.Count()}");
        }

        _findings.Once($"calls of {turn.Message}", calls.Count, Work.Of(turn.Message, repeats: !options.Naive).Count);

        // The same todo twice: the second call names the first one's id.
        foreach (var same in calls.Where(call => call.Tool == "create_todo").GroupBy(call => call.Arguments).Where(same => same.Count() > 1))
        {
            var ids = same.Select(call => Work.IdIn(call.Content ?? "")).Distinct().ToArray();
            _findings.Holds(ids is [not null], "wrong repetition", $"{turn.Message}: {string.Join(", ", ids)}");
        }
    }

    /// <summary>A step of which a call was planned is not asked for again, by whichever process.</summary>
    private void CheckAsks()
    {
        var planned = ledger.Turns
            .SelectMany(turn => _calls[turn.Id].GroupBy(call => call.Step, (step, calls) => (Step: $"{turn.Message} {step}", turn.Id, At: calls.Min(call => call.PlannedAt))))
            .ToLookup(one => one.Step);
        foreach (var ask in logs.Of("ask").Where(ask => planned[ask.Text].Any(step => ask.At > step.At && !logs.IsRefused(ask, step.Id)) && !logs.IsLate(ask)))
        {
            _findings.Add("asked again", $"{ask.Text} by process {ask.Process}");
        }
    }

    /// <summary>Outside the store at most once; exactly once where the result says so. A call of a turn whose journal broke may never have been started: its user was told that the turn failed.</summary>
    private void CheckSent()
    {
        var sent = logs.Of("send").GroupBy(line => line.Text.Split(' ')[0]).ToDictionary(same => same.Key, same => same.Count());
        var unknown = 0;
        foreach (var (turn, call) in ledger.Turns.SelectMany(turn => _calls[turn.Id].Where(call => call.Tool == "send").Select(call => (turn, call))))
        {
            var times = sent.GetValueOrDefault(turn.Message);
            var mayBeNone = call.Outcome == "Unknown" || (turn.GaveUp && call.Results == 0);
            unknown += call.Outcome == "Unknown" ? 1 : 0;
            _findings.Once($"what was sent for {turn.Message}", times, mayBeNone ? Math.Min(times, 1) : 1);
        }

        _findings.Fact($"outside      {sent.Values.Sum()} effects, the outcome of {unknown} calls unknown");
    }

    private static string Name(TurnRow turn, CallRow call) => $"call {turn.Message} {call.Step}.{call.Ordinal} {call.Tool} {JsonEncodedText.Encode(call.Arguments)}";
}
