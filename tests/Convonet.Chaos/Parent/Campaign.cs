using System.Diagnostics;

namespace Convonet.Chaos.Parent;

/// <summary>One campaign on one database: process after process is killed while it works, the last one finishes, and the checker looks at what is there.</summary>
internal sealed class Campaign(ChaosDatabase database, CampaignOptions options)
{
    /// <summary>How long a process may take to come to its fail-point.</summary>
    private static readonly TimeSpan PointLimit = TimeSpan.FromSeconds(10);

    /// <summary>How long a process may take to come to a fail-point that it cannot miss, and to end what was under way there.</summary>
    private static readonly TimeSpan GoOnLimit = TimeSpan.FromMinutes(1);

    /// <summary>How long the last process may take to finish what is under way.</summary>
    private static readonly TimeSpan FinishLimit = TimeSpan.FromMinutes(1);

    /// <summary>How long a frozen process may hold up its successor.</summary>
    private static readonly TimeSpan StillLimit = TimeSpan.FromSeconds(1);

    private readonly Talk _talk = new();
    private readonly KillCount _kills = new();
    private readonly List<string> _stuck = [];

    /// <summary>Runs a campaign and tells how it went.</summary>
    /// <returns>Whether everything is as it must be.</returns>
    public static async Task<bool> RunAsync(string kind, CampaignOptions options)
    {
        await using var database = await ChaosDatabase.CreateAsync(kind);
        Console.WriteLine($"{kind}, {options.Kills} kills, seed {options.Seed}{(options.Off is { } off ? $", without {off}" : "")}");
        var started = Stopwatch.GetTimestamp();
        var campaign = new Campaign(database, options);
        Fate[] fates = [.. Fate.Of(options), new Fate.Survives()];
        var left = await campaign.KillAllAsync(fates);
        var findings = Checker.Check(database, campaign._talk, [.. left, .. campaign._stuck], fates.Length, options);
        campaign._kills.Print();
        findings.Print();
        Console.WriteLine($"elapsed      {Stopwatch.GetElapsedTime(started):mm\\:ss}");
        database.IsKept = !findings.IsClean && options.Off is null;
        Console.WriteLine(findings.IsClean ? "PASSED" : database.IsKept ? $"FAILED (kept: {database.Store}, {database.Folder})" : "FAILED");
        return findings.IsClean;
    }

    /// <summary>The campaign proper.</summary>
    /// <returns>The messages that did not end.</returns>
    private async Task<IReadOnlyList<string>> KillAllAsync(Fate[] fates)
    {
        await using var line = new ChildLine(fates, database, options);
        var child = await GoAsync(line);
        while (child.Fate is not Fate.Survives)
        {
            var successor = child.Fate is Fate.Frozen frozen ? await SupersedeAsync(child, frozen, line) : null;
            if (successor is null)
            {
                await DieAsync(child);
                successor = await GoAsync(line);
            }

            child.Dispose();
            child = successor;
        }

        var left = await _talk.FinishAsync(FinishLimit);
        await child.EndAsync();
        child.Dispose();
        return left;
    }

    private async Task<RunningChild> GoAsync(ChildLine line)
    {
        var child = await line.NextAsync();
        await child.GoAsync();
        _talk.TurnTo(child);
        return child;
    }

    private async Task DieAsync(RunningChild child)
    {
        switch (child.Fate)
        {
            case Fate.AtPoint point when await Task.WhenAny(child.Exited, child.Acted, Task.Delay(point.IsSure ? GoOnLimit : PointLimit)) is var met && (met == child.Exited || met == child.Acted):
                _kills.AtPoint(point);
                if (met == child.Acted && !await _talk.GoesOnAsync(GoOnLimit))
                {
                    _stuck.Add($"what was under way at {point}");
                }

                break;
            case Fate.AtPoint point:
                _kills.Missed(point);
                if (point.IsSure)
                {
                    _stuck.Add($"{point} was not reached");
                }

                goto default;
            case Fate.AtMoment moment:
                await Task.Delay(child.TurnTime * moment.After);
                goto default;
            default:
                _kills.AtMoment();
                break;
        }

        await child.KillAsync();
    }

    /// <summary>A process that stands still is taken for dead; when it goes on, it must not get anything done any more.</summary>
    private async Task<RunningChild> SupersedeAsync(RunningChild child, Fate.Frozen fate, ChildLine line)
    {
        await Task.Delay(child.TurnTime * fate.After);
        await child.FreezeAsync();
        var successor = await GoAsync(line);

        // It may have been frozen with the row, or the file, that the successor waits for.
        await Task.WhenAny(successor.TookOver, Task.Delay(StillLimit));
        await child.ThawAsync();
        await Task.Delay(child.TurnTime * fate.Beside);
        _kills.Superseded();
        await child.KillAsync();
        return successor;
    }
}
