using System.Text.RegularExpressions;
using Convonet.Emulator.Brain.Results;

namespace Convonet.Emulator.Brain;

/// <summary>Finds the todos that the user means.</summary>
internal static partial class TodoFinder
{
    private const int MaxChanges = 16;

    internal static IReadOnlyList<Item> Find(IReadOnlyList<Item> items, Which which, bool openOnly)
    {
        var candidates = items.Where(item => item.Id.Length > 0 && !(openOnly && item.IsDone)).ToList();
        if (which.All)
        {
            return [.. candidates.Take(MaxChanges)];
        }

        if (which.Place is { } place)
        {
            var index = place < 0 ? candidates.Count - 1 : place - 1;
            return index >= 0 && index < candidates.Count ? [candidates[index]] : [];
        }

        var best = candidates.Select(item => (Item: item, Score: Score(item.Title, which.Title))).Where(entry => entry.Score > 0);
        return [.. best.OrderByDescending(entry => entry.Score).Take(1).Select(entry => entry.Item)];
    }

    /// <summary>Same title, one within the other, or at least half of the words in common.</summary>
    private static double Score(string title, string asked)
    {
        var (words, wanted) = (Words(title), Words(asked));
        if (words.Count == 0 || wanted.Count == 0)
        {
            return 0;
        }

        if (words.SetEquals(wanted))
        {
            return 3;
        }

        var shared = words.Count(wanted.Contains);
        return shared == Math.Min(words.Count, wanted.Count) ? 2 + ((double)shared / words.Count) : shared * 2 >= wanted.Count ? (double)shared / wanted.Count : 0;
    }

    private static HashSet<string> Words(string text) =>
        [.. Word().Matches(text.ToLowerInvariant()).Select(match => match.Value).Where(word => word is not ("the" or "a" or "an" or "my" or "to"))];

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();
}
