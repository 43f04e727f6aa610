using System.Globalization;

namespace Convonet.Chaos.Cuts;

/// <summary>What the command line asks for.</summary>
/// <param name="Turns">How many messages are sent, each cut 1 to 5 times.</param>
/// <param name="Clients">How many clients talk side by side.</param>
/// <param name="LongestGap">How long a client is away at most.</param>
/// <param name="Seed">Decides where lines are cut; the machine's speed has a say too.</param>
/// <param name="Naive">Whether clients do without replay and ids of messages, to see the checker go red.</param>
internal sealed record CutOptions(int Turns, int Clients, TimeSpan LongestGap, int Seed, bool Naive)
{
    public const string Usage = "dotnet run --project tests/Convonet.Chaos -c Release -- cut [--turns N] [--clients N] [--gap SECONDS] [--seed N] [--naive]";

    public static CutOptions? Parse(string[] args)
    {
        var options = new CutOptions(2000, 64, TimeSpan.FromSeconds(30), Seeds.Any(), false);
        for (var index = 0; index < args.Length; index++)
        {
            if (args[index] == "--naive")
            {
                options = options with { Naive = true };
                continue;
            }

            if (index + 1 == args.Length || !int.TryParse(args[index + 1], CultureInfo.InvariantCulture, out var value) || value < 0)
            {
                return null;
            }

            switch (args[index++])
            {
                case "--turns" when value > 0:
                    options = options with { Turns = value };
                    break;
                case "--clients" when value > 0:
                    options = options with { Clients = value };
                    break;
                case "--gap":
                    options = options with { LongestGap = TimeSpan.FromSeconds(value) };
                    break;
                case "--seed":
                    options = options with { Seed = value };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
