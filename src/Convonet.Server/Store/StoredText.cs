using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Convonet.Server.Store;

/// <summary>Text that every database takes. PostgreSQL refuses the character NUL, and half of a surrogate pair is no text anywhere; models write both.</summary>
internal static class StoredText
{
    private const char Replacement = '\uFFFD';

    /// <summary>The text with what cannot be kept replaced by U+FFFD; the same object when nothing had to be.</summary>
    public static string Clean(string text)
    {
        var first = FirstBad(text, 0);
        if (first < 0)
        {
            return text;
        }

        var clean = new StringBuilder(text);
        for (var bad = first; bad >= 0; bad = FirstBad(text, bad + 1))
        {
            clean[bad] = Replacement;
        }

        return clean.ToString();
    }

    /// <summary>Cleans all texts that are about to be saved.</summary>
    public static void Clean(ChangeTracker tracker)
    {
        foreach (var entry in tracker.Entries().Where(entry => entry.State is EntityState.Added or EntityState.Modified))
        {
            foreach (var property in entry.Properties)
            {
                if (property.CurrentValue is string text && Clean(text) is var clean && !ReferenceEquals(clean, text))
                {
                    property.CurrentValue = clean;
                }
            }
        }
    }

    private static int FirstBad(string text, int from)
    {
        for (var index = from; index < text.Length; index++)
        {
            if (text[index] == '\0')
            {
                return index;
            }

            if (char.IsSurrogate(text[index]))
            {
                if (index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]))
                {
                    index++;
                    continue;
                }

                // The second half of a pair that the search began in the middle of is not bad.
                if (!(char.IsLowSurrogate(text[index]) && index > 0 && char.IsHighSurrogate(text[index - 1])))
                {
                    return index;
                }
            }
        }

        return -1;
    }
}
