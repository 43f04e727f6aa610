using System.ComponentModel.DataAnnotations;

namespace Convonet.Server.Usage;

/// <summary>How much may be used.</summary>
public sealed class BudgetOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Convonet:Budget";

    /// <summary>What each user may use in a day on the user's clock. Without limits by default.</summary>
    public BudgetLimit PerUserPerDay { get; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        const string Path = $"{Section}:{nameof(PerUserPerDay)}";
        if (PerUserPerDay.Money is < 0 or > 1_000_000)
        {
            yield return new ValidationResult($"{Path}:{nameof(BudgetLimit.Money)} must be between 0 and 1,000,000.");
        }

        if (PerUserPerDay.Tokens is < 0)
        {
            yield return new ValidationResult($"{Path}:{nameof(BudgetLimit.Tokens)} must not be below 0.");
        }
    }
}

/// <summary>Limits of a budget; whichever is reached first ends it.</summary>
public sealed class BudgetLimit
{
    /// <summary>Money, in the currency of the price table. What has no known price does not count: set <see cref="Tokens"/> too.</summary>
    /// <value>Null by default: no limit.</value>
    public decimal? Money { get; set; }

    /// <summary>Tokens, read and written.</summary>
    /// <value>Null by default: no limit.</value>
    public long? Tokens { get; set; }
}
