using System.Text.RegularExpressions;
using Convonet.Emulator.Brain.Intents;
using Convonet.Emulator.Brain.Results;

namespace Convonet.Emulator.Brain.Plans;

/// <summary>Finds the things that the user means.</summary>
internal static partial class Finder
{
    private const int MaxChanges = 16;

    /// <summary>Words that are in many sentences and few titles.</summary>
    private static readonly HashSet<string> Noise =
        ["the", "a", "an", "my", "our", "to", "with", "for", "about", "of", "on", "at", "todo", "task", "item", "reminder", "event", "meeting", "appointment", "entry", "team"];

    /// <summary>The things that are meant; several that are equally likely are not found but <see cref="Found.Choices"/>.</summary>
    internal static Found Find(IReadOnlyList<Item> items, Which which)
    {
        var candidates = items.Where(item => item.Id.Length > 0).ToList();
        if (which.When.IsNamed)
        {
            // A time helps to find one thing, but all things of a day are those of that day.
            var then = candidates.Where(item => item.From is { } from && IsThen(from, which.When)).ToList();
            candidates = then.Count > 0 || which.All || which.Place is not null ? then : candidates;
        }

        if (which.All)
        {
            return new([.. candidates.DistinctBy(item => item.Id).Take(MaxChanges)], []);
        }

        if (which.Place is { } place)
        {
            var index = place < 0 ? candidates.Count - 1 : place - 1;
            return new(index >= 0 && index < candidates.Count ? [candidates[index]] : [], []);
        }

        // "My appointment": the only one, or a question.
        var best = Words(which.Title).IsSubsetOf(Noise) && !candidates.Exists(item => Score(item.Title, which.Title) > 0)
            ? candidates
            : candidates.Select(item => (Item: item, Score: Score(item.Title, which.Title))).Where(entry => entry.Score > 0)
                .GroupBy(entry => entry.Score).MaxBy(group => group.Key)?.Select(entry => entry.Item).ToList() ?? [];
        if (best.Count != 1 && Parts().Split(which.Title) is { Length: > 1 } parts)
        {
            // "Milk and bread" may be two things.
            var each = parts.Select(part => Find(items, which with { Title = part }).Items).ToList();
            if (each.TrueForAll(found => found.Count == 1))
            {
                return new([.. each.SelectMany(found => found).DistinctBy(item => item.Id)], []);
            }
        }

        var titles = best.DistinctBy(item => item.Title, StringComparer.OrdinalIgnoreCase).ToList();
        return titles.Count > 1 ? new([], titles) : new([.. best.Take(1)], []);
    }

    /// <summary>Same title, one within the other, or at least two thirds of the words in common; 0 for neither.</summary>
    internal static double Score(string title, string asked)
    {
        var (all, allAsked) = (Words(title), Words(asked));
        if (all.Count > 0 && all.SetEquals(allAsked))
        {
            return 4;
        }

        var (words, wanted) = (Bare(all), Bare(allAsked));
        if (words.Count == 0 || wanted.Count == 0)
        {
            return 0;
        }

        var shared = words.Count(wanted.Contains);
        return words.SetEquals(wanted) ? 3
            : shared == Math.Min(words.Count, wanted.Count) ? 2 + ((double)shared / Math.Max(words.Count, wanted.Count))
            : shared * 3 >= wanted.Count * 2 ? (double)shared / wanted.Count : 0;
    }

    private static bool IsThen(DateTime from, When when)
    {
        var (day, time) = (DateOnly.FromDateTime(from), TimeOnly.FromDateTime(from));
        return (when.From is null || (day >= when.From && day <= when.To))
            && (when.Time is null || (time >= when.Time && time <= (when.Until ?? when.Time)));
    }

    private static HashSet<string> Words(string text) => [.. Word().Matches(text.ToLowerInvariant()).Select(match => match.Value)];

    /// <summary>Without noise, unless that is all there is.</summary>
    private static HashSet<string> Bare(HashSet<string> words) => words.Where(word => !Noise.Contains(word)).ToHashSet() is { Count: > 0 } bare ? bare : words;

    [GeneratedRegex(@"\s*,\s*(?:and\s+)?|\s+and\s+", RegexOptions.IgnoreCase)]
    private static partial Regex Parts();

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();
}

/// <summary>What was found.</summary>
/// <param name="Items">The things that are meant.</param>
/// <param name="Choices">Things of which the user must choose one.</param>
internal sealed record Found(IReadOnlyList<Item> Items, IReadOnlyList<Item> Choices);
