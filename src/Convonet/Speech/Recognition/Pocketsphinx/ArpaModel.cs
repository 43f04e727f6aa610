using System.Globalization;

namespace Convonet.Speech.Recognition.Pocketsphinx;

/// <summary>
/// A language model of three-word sequences, counted in sentences: absolute discounting with back-off, written in the ARPA form
/// (<see href="http://www.speech.sri.com/projects/srilm/manpages/ngram-format.5.html">ngram-format</see>).
/// </summary>
internal sealed class ArpaModel
{
    private const string Begin = "<s>";
    private const string End = "</s>";
    private const double Discount = 0.5;
    private const double Tiny = 1e-10;

    private readonly Dictionary<string, int> _words = [];
    private readonly Dictionary<(string, string), int> _pairs = [];
    private readonly Dictionary<(string, string, string), int> _triples = [];

    private ArpaModel()
    {
    }

    /// <summary>Counts sentences: words in small letters, with single spaces.</summary>
    internal static ArpaModel Of(IEnumerable<string> sentences)
    {
        var model = new ArpaModel();
        foreach (var sentence in sentences)
        {
            model.Count([Begin, .. sentence.Split(' '), End]);
        }

        return model;
    }

    /// <summary>Writes the model.</summary>
    internal void Write(TextWriter file)
    {
        var single = Singles();
        var (pair, afterWord) = Backed(_pairs.Select(entry => (History: entry.Key.Item1, Key: entry.Key, entry.Value)), key => single[key.Item2]);
        var (triple, afterPair) = Backed(_triples.Select(entry => (History: (entry.Key.Item1, entry.Key.Item2), Key: entry.Key, entry.Value)), key => pair.GetValueOrDefault((key.Item2, key.Item3)));

        file.WriteLine($"\\data\\\nngram 1={single.Count}\nngram 2={pair.Count}\nngram 3={triple.Count}\n\n\\1-grams:");
        foreach (var word in single.Keys.Order(StringComparer.Ordinal))
        {
            file.WriteLine($"{Log(single[word])} {word} {Log(afterWord.GetValueOrDefault(word, 1))}");
        }

        file.WriteLine("\n\\2-grams:");
        foreach (var words in pair.Keys.OrderBy(key => key.Item1, StringComparer.Ordinal).ThenBy(key => key.Item2, StringComparer.Ordinal))
        {
            file.WriteLine($"{Log(pair[words])} {words.Item1} {words.Item2} {Log(afterPair.GetValueOrDefault(words, 1))}");
        }

        file.WriteLine("\n\\3-grams:");
        foreach (var words in triple.Keys
            .OrderBy(key => key.Item1, StringComparer.Ordinal).ThenBy(key => key.Item2, StringComparer.Ordinal).ThenBy(key => key.Item3, StringComparer.Ordinal))
        {
            file.WriteLine($"{Log(triple[words])} {words.Item1} {words.Item2} {words.Item3}");
        }

        file.WriteLine("\n\\end\\");
    }

    private void Count(string[] words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            Add(_words, words[i]);
            if (i >= 1)
            {
                Add(_pairs, (words[i - 1], words[i]));
            }

            if (i >= 2)
            {
                Add(_triples, (words[i - 2], words[i - 1], words[i]));
            }
        }
    }

    /// <summary>The probability of each word; every word gets one more than was counted.</summary>
    private Dictionary<string, double> Singles()
    {
        var total = _words.Where(entry => entry.Key != Begin).Sum(entry => entry.Value + 1);
        return _words.ToDictionary(entry => entry.Key, entry => entry.Key == Begin ? Tiny : (entry.Value + 1.0) / total);
    }

    /// <summary>The probability of each sequence, and what each history leaves over for sequences that were not seen.</summary>
    private static (Dictionary<TKey, double> Probability, Dictionary<THistory, double> BackOff) Backed<THistory, TKey>(
        IEnumerable<(THistory History, TKey Key, int Count)> sequences, Func<TKey, double> shorter)
        where THistory : notnull
        where TKey : notnull
    {
        var probability = new Dictionary<TKey, double>();
        var backOff = new Dictionary<THistory, double>();
        foreach (var history in sequences.GroupBy(sequence => sequence.History))
        {
            var total = (double)history.Sum(sequence => sequence.Count);
            var seenShorter = 0.0;
            foreach (var (_, key, count) in history)
            {
                probability[key] = (count - Discount) / total;
                seenShorter += shorter(key);
            }

            backOff[history.Key] = Discount * history.Count() / total / Math.Max(1 - seenShorter, 1e-9);
        }

        return (probability, backOff);
    }

    private static void Add<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : notnull => counts[key] = counts.GetValueOrDefault(key) + 1;

    private static string Log(double probability) => Math.Log10(Math.Max(probability, Tiny)).ToString("0.0000", CultureInfo.InvariantCulture);
}
