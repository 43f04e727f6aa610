using Convonet.Chaos.Child;
using Convonet.Server.Store;

namespace Convonet.Chaos.Parent;

/// <summary>How a process ends.</summary>
internal abstract record Fate
{
    private Fate()
    {
    }

    /// <summary>Killed after this time; 1 is what a turn takes.</summary>
    public sealed record AtMoment(double After) : Fate;

    /// <summary>Dies at a fail-point; where it does not come there, it is killed in the end.</summary>
    public sealed record AtPoint(string Name, int Passage) : Fate;

    /// <summary>Stands still while its successor takes over, goes on for a while as if nothing had happened, and is killed then. Times as in <see cref="AtMoment"/>.</summary>
    public sealed record Frozen(double After, double Beside) : Fate;

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
                (_, 9) when !options.Naive => new Frozen(moment, 1 + Moment(random)),
                _ => new AtMoment(moment),
            };
        }
    }

    /// <summary>Where each process passes often, not always at the first time.</summary>
    private static AtPoint At(string name, Random random) =>
        new(name, random.Next(1, name.StartsWith("tool", StringComparison.Ordinal) || name.StartsWith("plan", StringComparison.Ordinal) ? 9 : 3));

    /// <summary>In the first turns of a process, the early ones more often.</summary>
    private static double Moment(Random random)
    {
        const double Mean = 1.5;
        const double Latest = 5;
        return Math.Min(-Mean * Math.Log(1 - random.NextDouble()), Latest);
    }
}
