using System.ComponentModel.DataAnnotations;

namespace Convonet.Models;

/// <summary>Prices. Those that are built in are list prices of one day: whoever runs the server checks them against its contracts.</summary>
/// <remarks>
/// Read on 2026-11-26. Claude: <see href="https://platform.claude.com/docs/en/models/haiku-5-5/overview"/> (Haiku with both rates and the cache's; the others from its table).
/// OpenAI: <see href="https://developers.openai.com/api/docs/pricing"/>, as copied by others in September and October 2026. Gemini: <see href="https://ai.google.dev/gemini-api/docs/pricing"/>,
/// as copied by others in September 2026. Programs of this machine cost nothing; providers of speech are left out, because their prices depend on the plan.
/// </remarks>
public sealed class PriceOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Convonet:Prices";

    private const string ListCurrency = "USD";

    private readonly Dictionary<string, TokenPrice> _list = [];

    /// <summary>Prices with the built-in ones.</summary>
    public PriceOptions()
        : this(withDefaults: true)
    {
    }

    internal PriceOptions(bool withDefaults)
    {
        if (!withDefaults)
        {
            return;
        }

        _list["gemini-3.5-flash-lite"] = new() { Input = 0.30m, Output = 2.50m, CachedInput = 0.03m };
        _list["claude-haiku-5-5"] = new()
        {
            Input = 0.10m,
            Output = 0.50m,
            CachedInput = 0.01m,
            CacheWrite = 0.125m,
            LongAbove = 100_000,
            LongPrompt = new() { Input = 0.50m, Output = 2.50m, CachedInput = 0.05m, CacheWrite = 0.625m },
        };
        _list["claude-sonnet-5-5"] = new() { Input = 2, Output = 10, CachedInput = 0.10m, CacheWrite = 2.50m };
        _list["claude-opus-5-5"] = new() { Input = 4, Output = 20, CachedInput = 0.20m, CacheWrite = 5 };
        _list["gpt-6-luna"] = new() { Input = 0.10m, Output = 0.50m, CachedInput = 0.01m, CacheWrite = 0.125m };
        _list["gpt-6-sol"] = new() { Input = 2, Output = 10, CachedInput = 0.20m, CacheWrite = 2.50m };
        foreach (var (model, price) in _list)
        {
            Models[model] = price;
        }

        (Speaking["flite"], Speaking["espeak-ng"], Listening["pocketsphinx"]) = (0, 0, 0);
    }

    /// <summary>The currency of all prices. Any other than that of the list prices takes those out of <see cref="Models"/>: a dollar is no euro. Set it before prices are given.</summary>
    /// <value><c>USD</c> by default; three capital letters (ISO 4217).</value>
    [Required, RegularExpression("^[A-Z]{3}$", ErrorMessage = "Convonet:Prices:Currency must be three capital letters, for example USD.")]
    public string Currency
    {
        get;
        set
        {
            field = value;
            if (value != ListCurrency)
            {
                foreach (var (model, price) in _list)
                {
                    ((ICollection<KeyValuePair<string, TokenPrice>>)Models).Remove(new(model, price));
                }
            }
        }
    } = ListCurrency;

    /// <summary>Prices of models, by their names; a <c>:</c> in a name is written <c>_</c>.</summary>
    public Dictionary<string, TokenPrice> Models { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Prices of a million characters spoken, by engine.</summary>
    public Dictionary<string, decimal> Speaking { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Prices of a minute of sound written down, by engine.</summary>
    public Dictionary<string, decimal> Listening { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Models.SelectMany(one => one.Value.Faults($"{Section}:{nameof(Models)}:{one.Key}"))
            .Concat(Speaking.Where(static one => !TokenPrice.IsPrice(one.Value)).Select(static one => $"{Section}:{nameof(Speaking)}:{one.Key} {TokenPrice.Rule}"))
            .Concat(Listening.Where(static one => !TokenPrice.IsPrice(one.Value)).Select(static one => $"{Section}:{nameof(Listening)}:{one.Key} {TokenPrice.Rule}"))
            .Select(static fault => new ValidationResult(fault));
}

/// <summary>Prices of a million tokens of one model.</summary>
public sealed class TokenPrice
{
    internal const string Rule = "must be between 0 and 100,000.";

    /// <summary>Tokens read.</summary>
    public decimal Input { get; set; }

    /// <summary>Tokens written, reasoning included.</summary>
    public decimal Output { get; set; }

    /// <summary>Tokens read from the provider's cache; as <see cref="Input"/> when null.</summary>
    public decimal? CachedInput { get; set; }

    /// <summary>Tokens read and put into the provider's cache; as <see cref="Input"/> when null.</summary>
    public decimal? CacheWrite { get; set; }

    /// <summary>Above so many tokens read, a call costs <see cref="LongPrompt"/>.</summary>
    public long LongAbove { get; set; } = long.MaxValue;

    /// <summary>Prices of calls that read more than <see cref="LongAbove"/>; null when they cost the same.</summary>
    public TokenPrice? LongPrompt { get; set; }

    internal static bool IsPrice(decimal? price) => price is null or (>= 0 and <= 100_000);

    internal IEnumerable<string> Faults(string path) =>
        new (string Name, decimal? Price)[] { (nameof(Input), Input), (nameof(Output), Output), (nameof(CachedInput), CachedInput), (nameof(CacheWrite), CacheWrite) }
            .Where(static one => !IsPrice(one.Price)).Select(one => $"{path}:{one.Name} {Rule}")
            .Concat(LongAbove > 0 ? [] : [$"{path}:{nameof(LongAbove)} must be above 0."])
            .Concat(LongPrompt?.Faults($"{path}:{nameof(LongPrompt)}") ?? []);
}
