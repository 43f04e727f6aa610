using Convonet.Models;
using Convonet.Models.Health;

namespace Convonet.Agents;

/// <summary>Says when a model that shows nothing gets a rival, and whether there is still one to be had. One for all turns.</summary>
internal sealed class Hedger(ProviderHealth health, HedgingOptions options)
{
    /// <summary>What quiet times leave, in calls.</summary>
    private const double MostSaved = 10;

    private readonly Lock _lock = new();
    private double _left = 1;

    public ProviderHealth Health => health;

    /// <summary>How long a call of this model may show nothing, from its beginning; null where it gets no rival.</summary>
    public TimeSpan? DelayOf(IChatModel model)
    {
        if (!options.Enabled)
        {
            return null;
        }

        var usual = health.Of(model).FirstContentP90 ?? options.MaxDelay;
        return usual < options.MinDelay ? options.MinDelay : usual > options.MaxDelay ? options.MaxDelay : usual;
    }

    /// <summary>A turn begins, and with it the part of a call that may be spent.</summary>
    public void TurnBegan()
    {
        lock (_lock)
        {
            _left = Math.Min(MostSaved, _left + options.Budget);
        }
    }

    /// <summary>Spends one call, if it is left.</summary>
    public bool TrySpend()
    {
        lock (_lock)
        {
            // Tenths do not add up to a whole.
            if (options.Budget == 0 || _left < 1 - 1e-6)
            {
                return false;
            }

            _left--;
            return true;
        }
    }
}
