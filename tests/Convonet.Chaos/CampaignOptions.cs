using System.Globalization;

namespace Convonet.Chaos;

/// <summary>What the command line asks for.</summary>
/// <param name="Kills">How many processes are killed.</param>
/// <param name="Databases"><c>sqlite</c>, <c>postgres</c>, one after the other.</param>
/// <param name="Seed">Decides the moments; the machine's speed has a say too.</param>
/// <param name="Naive">Whether the ledger is switched off, to see the checker go red.</param>
internal sealed record CampaignOptions(int Kills, IReadOnlyList<string> Databases, int Seed, bool Naive)
{
    public const string Usage =
        """
        dotnet run --project tests/Convonet.Chaos -c Release -- [--kills N] [--database sqlite|postgres|both] [--seed N] [--naive]
        PostgreSQL: CONVONET_TEST_POSTGRES is the connection string of a server on which databases may be created.
        """;

    public static CampaignOptions? Parse(string[] args)
    {
        var options = new CampaignOptions(300, ["sqlite"], Random.Shared.Next(1_000_000), false);
        for (var index = 0; index < args.Length; index++)
        {
            var value = index + 1 < args.Length ? args[index + 1] : "";
            switch (args[index])
            {
                case "--kills" when int.TryParse(value, CultureInfo.InvariantCulture, out var kills) && kills > 0:
                    (options, index) = (options with { Kills = kills }, index + 1);
                    break;
                case "--seed" when int.TryParse(value, CultureInfo.InvariantCulture, out var seed):
                    (options, index) = (options with { Seed = seed }, index + 1);
                    break;
                case "--database" when value is "sqlite" or "postgres" or "both":
                    (options, index) = (options with { Databases = value == "both" ? ["sqlite", "postgres"] : [value] }, index + 1);
                    break;
                case "--naive":
                    options = options with { Naive = true };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
