using System.Collections.Concurrent;

namespace Convonet.Models.Health;

/// <summary>The health of every model that this process asks, as its own calls show it: no call is made to find out.</summary>
public sealed class ProviderHealth(BreakerOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Provider, string Model), ModelHealth> _models = new();

    /// <summary>The health of a model.</summary>
    public ModelHealth Of(IChatModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model is KeptAnswer)
        {
            // Nobody is asked, so it tells nothing of the provider.
            return new ModelHealth(model.Provider, model.Model, options, time);
        }

        return _models.GetOrAdd((model.Provider, model.Model), static (key, state) => new ModelHealth(key.Provider, key.Model, state.options, state.time), (options, time));
    }
}
