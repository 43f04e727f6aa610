using System.Globalization;
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

    /// <summary>Dies at a fail-point, or meets a failure or a wait there, goes on, and is killed then; where it does not come there, it is killed in the end. It is sure to come there at its first passage, however slow the machine is.</summary>
    public sealed record AtPoint(string Name, int Passage, string Act = AtPoint.Kill, bool IsSure = false) : Fate
    {
        /// <summary>Dies there.</summary>
        public const string Kill = "kill";

        /// <summary>As <c>CONVONET_FAIL_AT</c> has it.</summary>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}:{Passage}:{Act}");
    }

    /// <summary>Stands still while its successor takes over, goes on for a while as if nothing had happened, and is killed then. Times as in <see cref="AtMoment"/>.</summary>
    public sealed record Frozen(double After, double Beside) : Fate;

    /// <summary>Not killed.</summary>
    public sealed record Survives : Fate;

    /// <summary>The fates of a campaign: first every fail-point with every act, then by chance.</summary>
    public static IEnumerable<Fate> Of(CampaignOptions options) => [.. Table(options.Acts), .. ByChance(options)];

    private static IEnumerable<Fate> Table(IReadOnlyList<string> acts) =>
        from act in acts
        from name in FailPoint.OfTurns
        select new AtPoint(name, 1, act, IsSure: true);

    /// <summary>Every other one at a fail-point, all of them in turn; of the others each fifth stands still first. With a protection off: where it protects.</summary>
    private static IEnumerable<Fate> ByChance(CampaignOptions options)
    {
        var random = new Random(options.Seed);
        IReadOnlyList<string> points = options.Naive ? [NaiveConversationStore.Between] : FailPoint.OfTurns;
        for (var kill = 0; kill < options.Kills; kill++)
        {
            var moment = Moment(random);
            yield return (options.Off, kill % 2, kill % 10) switch
            {
                (CampaignOptions.Fence, _, _) => new Frozen(moment, 1 + Moment(random)),
                (CampaignOptions.MessageKey, _, _) => At("accept.after_commit", random),
                (_, 0, _) => At(points[kill / 2 % points.Count], random),
                (null, _, 9) => new Frozen(moment, 1 + Moment(random)),
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
