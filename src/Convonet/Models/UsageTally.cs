using System.Diagnostics;
using Convonet.Telemetry;

namespace Convonet.Models;

/// <summary>Adds up what is used, by purpose, provider and model. Safe for concurrent calls: attempts that lost end when they like.</summary>
/// <param name="prices">What it costs.</param>
public sealed class UsageTally(PriceTable prices)
{
    private readonly Lock _lock = new();
    private readonly List<Used> _used = [];
    private Action<Used>? _heir;

    /// <summary>What it costs.</summary>
    public PriceTable Prices => prices;

    /// <summary>All that was added and not taken.</summary>
    public IReadOnlyList<Used> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _used];
            }
        }
    }

    /// <summary>Adds a model call. Of one that was cut off before its provider had told all, the rest is added beside it, as a guess (<see cref="UsageKind.Guessed"/>).</summary>
    /// <param name="kind">What it was for.</param>
    /// <param name="model">The model.</param>
    /// <param name="call">What is known of it.</param>
    public void Add(UsageKind kind, IChatModel model, CallUse call)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(call);
        if (model is KeptAnswer)
        {
            Add(new Used(UsageKind.Replayed, model.Provider, model.Model) { Calls = 0, Cost = 0 });
            return;
        }

        var told = call.Told;
        var used = new Used(kind, model.Provider, model.Model)
        {
            UntoldCalls = call.IsTold ? 0 : 1,
            InputTokens = told?.InputTokens ?? 0,
            OutputTokens = told?.OutputTokens ?? 0,
            CachedInputTokens = told?.CachedInputTokens ?? 0,
            Cost = told is null ? null : prices.Of(model.Model, told),
        };
        Add(used);
        if (!call.IsTold)
        {
            var all = call.Guess();
            Add(new Used(UsageKind.Guessed, model.Provider, model.Model)
            {
                Calls = 0,
                InputTokens = all.InputTokens - used.InputTokens,
                OutputTokens = all.OutputTokens - used.OutputTokens,
                Cost = prices.Of(model.Model, all) - (used.Cost ?? 0),
            });
        }
    }

    /// <summary>Adds what an engine spoke.</summary>
    public void AddSpeaking(string engine, long characters) =>
        Add(new Used(UsageKind.Speaking, engine, "") { Characters = characters, Cost = prices.OfSpeaking(engine, characters) });

    /// <summary>Adds what an engine wrote down.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="sound">How much; null when that is not known.</param>
    public void AddListening(string engine, TimeSpan? sound) => Add(new Used(UsageKind.Listening, engine, "")
    {
        UntoldCalls = sound is null ? 1 : 0,
        Sound = sound ?? default,
        Cost = sound is { } known ? prices.OfListening(engine, known) : null,
    });

    /// <summary>Gives what was added, and forgets it.</summary>
    public IReadOnlyList<Used> Take()
    {
        lock (_lock)
        {
            Used[] taken = [.. _used];
            _used.Clear();
            return taken;
        }
    }

    /// <summary>Passes on what was added, and whatever is added from now on.</summary>
    internal void PassOn(Action<Used> heir)
    {
        IReadOnlyList<Used> taken;
        lock (_lock)
        {
            (_heir, taken) = (heir, Take());
        }

        foreach (var used in taken)
        {
            heir(used);
        }
    }

    /// <summary>Adds what another tally had counted.</summary>
    internal void Take(Used used)
    {
        lock (_lock)
        {
            if (_heir is { } heir)
            {
                heir(used);
                return;
            }

            // What has no known cost stays apart, so that the rest keeps its own.
            var index = _used.FindIndex(one => (one.Kind, one.Provider, one.Model, one.Cost is null) == (used.Kind, used.Provider, used.Model, used.Cost is null));
            if (index < 0)
            {
                _used.Add(used);
            }
            else
            {
                _used[index] = _used[index].Plus(used);
            }
        }
    }

    private void Add(Used used)
    {
        Take(used);
        Measure(used);
    }

    private void Measure(Used used)
    {
        var tags = new TagList { { "kind", used.Kind.ToString().ToLowerInvariant() }, { "provider", used.Provider }, { "model", used.Model } };
        if (used.Cost is > 0 and var cost)
        {
            var inMoney = tags;
            inMoney.Add("currency", prices.Currency);
            ConvonetTelemetry.UsageCost.Add((double)cost, inMoney);
        }

        if ((used.Cost is null ? used.Calls : used.UntoldCalls) is > 0 and var unknown)
        {
            ConvonetTelemetry.UsageUnpriced.Add(unknown, tags);
        }

        if (used.CachedInputTokens > 0)
        {
            ConvonetTelemetry.CachedTokens.Add(used.CachedInputTokens, tags);
        }

        if (used.Characters > 0)
        {
            ConvonetTelemetry.SpokenCharacters.Add(used.Characters, tags);
        }

        if (used.Sound > TimeSpan.Zero)
        {
            ConvonetTelemetry.ListenedSeconds.Add(used.Sound.TotalSeconds, tags);
        }
    }
}
