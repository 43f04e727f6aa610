using System.Collections.Frozen;

namespace Convonet.Turns;

/// <summary>How much silence ends a turn, judged by how its words read so far.</summary>
internal static class EndpointDelay
{
    /// <summary>Digits or number words in a row from which somebody reads out a number; "at three thirty" is no such thing.</summary>
    private const int DictatedNumbers = 3;

    /// <summary>Words that are a whole answer, if nothing stands before them.</summary>
    private static readonly FrozenSet<string> Answers = Set(
        "yes", "yeah", "yep", "yup", "no", "nope", "ok", "okay", "sure", "right", "correct", "stop", "cancel", "wait", "thanks", "thank you", "never mind",
        "go ahead", "yes please", "no thanks", "no thank you", "hello", "hi", "help", "repeat that", "undo that", "goodbye", "bye");

    private static readonly FrozenSet<string> Fillers = Set("um", "uh", "er", "erm", "hmm", "hm", "eh");

    /// <summary>Words that English sentences hardly end in: conjunctions, articles, possessives, prepositions with their noun to come, and half verbs.</summary>
    private static readonly FrozenSet<string> Openers = Set(
        "and", "or", "but", "because", "if", "then", "than", "while", "until", "unless", "also", "plus", "so", "like", "well", "a", "an", "the", "my", "your", "his",
        "her", "our", "their", "of", "to", "for", "with", "from", "at", "by", "into", "about", "between", "as", "is", "are", "was", "were", "be", "will", "would",
        "should", "can", "could", "i", "we", "i'm", "i'd", "i'll", "let's", "called", "named", "every", "some", "very");

    private static readonly FrozenSet<string> Numbers = Set(
        "zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
        "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "double", "triple");

    private static readonly FrozenSet<string> QuestionWords = Set(
        "what", "what's", "when", "when's", "where", "where's", "who", "who's", "why", "how", "how's", "which", "is", "are", "am", "do", "does", "did", "can", "could",
        "will", "would", "should", "have", "has");

    /// <summary>The silence that ends the turn: from <see cref="TurnOptions.MinSilence"/> to <see cref="TurnOptions.MaxSilence"/>.</summary>
    /// <param name="text">What was heard so far; engines differ in whether they set punctuation.</param>
    /// <param name="options">The bounds.</param>
    internal static TimeSpan For(ReadOnlySpan<char> text, TurnOptions options)
    {
        var trimmed = text.Trim();
        var spoken = Words(trimmed);
        if (spoken.Length == 0)
        {
            return options.Silence;
        }

        var last = spoken[^1];
        var mark = trimmed[^1];
        if (Fillers.Contains(last) || trimmed.EndsWith("..."))
        {
            return options.MaxSilence;
        }

        // "p.m." ends in a mark that says nothing about the sentence, and whoever dictates a number gets a full stop after each group.
        if (IsDictating(spoken) || (Openers.Contains(last) && !IsCall(mark)) || mark is ',' or ':' or ';' or '-')
        {
            return Between(options.Silence, options.MaxSilence);
        }

        if (IsCall(mark) || Answers.Contains(string.Join(' ', spoken)))
        {
            return options.MinSilence;
        }

        // A full stop is set at many pauses, and a question without its mark may go on ("what is on my list | for tomorrow"): only half of the gain.
        return mark is '.' or '。' || (spoken.Length >= 3 && QuestionWords.Contains(spoken[0])) ? Between(options.MinSilence, options.Silence) : options.Silence;
    }

    /// <summary>The words in small letters, without marks at their ends.</summary>
    internal static string[] Words(ReadOnlySpan<char> text)
    {
        var words = new List<string>();
        foreach (var range in text.Split(' '))
        {
            var word = text[range].Trim(".,;:!?\"()-…。、");
            if (!word.IsEmpty)
            {
                words.Add(word.ToString().ToLowerInvariant());
            }
        }

        return [.. words];
    }

    private static bool IsDictating(string[] words)
    {
        var digits = 0;
        for (var i = words.Length - 1; i >= 0 && digits < DictatedNumbers; i--)
        {
            // Engines that write digits put several of them into one word: "0 7 9" or "079" or "555-12".
            var figures = words[i].Count(char.IsAsciiDigit);
            if (figures == 0 && !Numbers.Contains(words[i]))
            {
                return false;
            }

            // A time is no dictation: "3:30", "15:00".
            if (words[i].Contains(':', StringComparison.Ordinal))
            {
                return false;
            }

            digits += Math.Max(1, figures);
        }

        return digits >= DictatedNumbers;
    }

    private static bool IsCall(char mark) => mark is '?' or '!' or '？' or '！';

    private static TimeSpan Between(TimeSpan left, TimeSpan right) => (left + right) / 2;

    private static FrozenSet<string> Set(params string[] words) => words.ToFrozenSet(StringComparer.Ordinal);
}
