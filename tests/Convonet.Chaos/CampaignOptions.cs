using System.Globalization;

namespace Convonet.Chaos;

/// <summary>What the command line asks for.</summary>
/// <param name="Kills">How many processes are killed at chance, behind the table of all fail-points.</param>
/// <param name="Databases"><c>sqlite</c>, <c>postgres</c>, one after the other.</param>
/// <param name="Seed">Decides the moments; the machine's speed has a say too.</param>
/// <param name="Off">The protection that is switched off, to see the checker go red: <c>ledger</c>, <c>fence</c>, <c>message_key</c>; null for none.</param>
/// <param name="Acts">What is tried at each fail-point first: <c>kill</c>, <c>throw</c>, <c>sleep</c>.</param>
internal sealed record CampaignOptions(int Kills, IReadOnlyList<string> Databases, int Seed, string? Off, IReadOnlyList<string> Acts)
{
    /// <summary>Effect and record are two transactions.</summary>
    public const string Ledger = "ledger";

    /// <summary>An owner that was superseded may go on.</summary>
    public const string Fence = "fence";

    /// <summary>A message that is sent again is a new one.</summary>
    public const string MessageKey = "message_key";

    private static readonly string[] All = ["kill", "throw", "sleep"];

    /// <summary>Whether the ledger is switched off.</summary>
    public bool Naive => Off == Ledger;

    public const string Usage =
        """
        dotnet run --project tests/Convonet.Chaos -c Release -- [--kills N] [--database sqlite|postgres|both] [--seed N] [--acts kill,throw,sleep|none] [--off ledger|fence|message_key]
        PostgreSQL: CONVONET_TEST_POSTGRES is the connection string of a server on which databases may be created.
        """;

    public static CampaignOptions? Parse(string[] args)
    {
        var options = new CampaignOptions(500, ["sqlite"], Seeds.Any(), null, All);
        for (var index = 0; index < args.Length; index++)
        {
            var value = index + 1 < args.Length ? args[index + 1] : "";
            switch (args[index])
            {
                case "--kills" when int.TryParse(value, CultureInfo.InvariantCulture, out var kills) && kills >= 0:
                    (options, index) = (options with { Kills = kills }, index + 1);
                    break;
                case "--seed" when int.TryParse(value, CultureInfo.InvariantCulture, out var seed):
                    (options, index) = (options with { Seed = seed }, index + 1);
                    break;
                case "--database" when value is "sqlite" or "postgres" or "both":
                    (options, index) = (options with { Databases = value == "both" ? ["sqlite", "postgres"] : [value] }, index + 1);
                    break;
                case "--off" when value is Ledger or Fence or MessageKey:
                    (options, index) = (options with { Off = value, Acts = [] }, index + 1);
                    break;
                case "--naive":
                    options = options with { Off = Ledger, Acts = [] };
                    break;
                case "--acts" when value == "none" || value.Split(',').All(All.Contains):
                    (options, index) = (options with { Acts = value == "none" ? [] : value.Split(',') }, index + 1);
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
