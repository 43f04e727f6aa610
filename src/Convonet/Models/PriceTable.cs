namespace Convonet.Models;

/// <summary>What is paid for models and for speech. What is not in it has no known price: that is null, never 0.</summary>
public sealed class PriceTable(PriceOptions options)
{
    private const decimal Million = 1_000_000;

    /// <summary>A table without a price.</summary>
    public static PriceTable Empty { get; } = new(new PriceOptions(withDefaults: false));

    /// <summary>The currency of all prices, as three letters.</summary>
    public string Currency => options.Currency;

    /// <summary>What one model call costs.</summary>
    /// <param name="model">The model, as the provider knows it.</param>
    /// <param name="usage">Its tokens.</param>
    /// <returns>Null when the model has no known price.</returns>
    public decimal? Of(string model, ModelUpdate.Usage usage)
    {
        // A name in a configuration has no ':'.
        if (!options.Models.TryGetValue(model, out var price) && !options.Models.TryGetValue(model.Replace(':', '_'), out price))
        {
            return null;
        }

        var rates = price.LongPrompt is { } longer && usage.InputTokens > price.LongAbove ? longer : price;
        var cached = Math.Clamp(usage.CachedInputTokens, 0, usage.InputTokens);
        var written = Math.Clamp(usage.CacheWriteTokens, 0, usage.InputTokens - cached);
        return ((rates.Input * (usage.InputTokens - cached - written))
            + ((rates.CachedInput ?? rates.Input) * cached)
            + ((rates.CacheWrite ?? rates.Input) * written)
            + (rates.Output * usage.OutputTokens)) / Million;
    }

    /// <summary>What an engine takes for speaking so many characters.</summary>
    /// <returns>Null when it has no known price.</returns>
    public decimal? OfSpeaking(string engine, long characters) =>
        options.Speaking.TryGetValue(engine, out var million) ? million * characters / Million : null;

    /// <summary>What an engine takes for writing down so much sound.</summary>
    /// <returns>Null when it has no known price.</returns>
    public decimal? OfListening(string engine, TimeSpan sound) =>
        options.Listening.TryGetValue(engine, out var minute) ? minute * (decimal)sound.TotalSeconds / 60 : null;
}
