using Convonet.Chaos.Child;
using Convonet.Server.Store;

namespace Convonet.Chaos.Parent;

/// <summary>How a process ends.</summary>
internal abstract record Fate
{
    private Fate()
    {
    }

    /// <summary>Killed after this time.</summary>
    public sealed record AtMoment(TimeSpan After) : Fate;

    /// <summary>Dies at a fail-point; where it does not come there, it is killed in the end.</summary>
    public sealed record AtPoint(string Name, int Passage) : Fate;

    /// <summary>Stands still while its successor takes over, goes on for a while as if nothing had happened, and is killed then.</summary>
    public sealed record Frozen(TimeSpan After, TimeSpan Still, TimeSpan Beside) : Fate;

    /// <summary>Not killed.</summary>
    public sealed record Survives : Fate;

    /// <summary>The fates of a campaign: every other one at a fail-point, all of them in turn; of the others each fifth stands still first.</summary>
    public static IEnumerable<Fate> Of(CampaignOptions options)
    {
        var random = new Random(options.Seed);
        IReadOnlyList<string> points = options.Naive ? [NaiveConversationStore.Between] : FailPoint.Names;
        for (var kill = 0; kill < options.Kills; kill++)
        {
            var moment = Moment(random);
            yield return (kill % 2, kill % 10) switch
            {
                (0, _) => At(points[kill / 2 % points.Count], random),
                (_, 9) when !options.Naive => new Frozen(moment, Moment(random) / 2, Moment(random)),
                _ => new AtMoment(moment),
            };
        }
    }

    /// <summary>Where each process passes often, not always at the first time.</summary>
    private static AtPoint At(string name, Random random) =>
        new(name, random.Next(1, name.StartsWith("tool", StringComparison.Ordinal) || name.StartsWith("plan", StringComparison.Ordinal) ? 9 : 3));

    /// <summary>5 to 400 ms, the early ones more often.</summary>
    private static TimeSpan Moment(Random random) => TimeSpan.FromMilliseconds(Math.Clamp(-120 * Math.Log(1 - random.NextDouble()), 5, 400));
}
