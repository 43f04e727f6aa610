namespace Convonet.Speech;

/// <summary>Web addresses in text, which nobody wants to hear spelled.</summary>
internal static class Addresses
{
    /// <summary>Length of the address that a text begins with, without the marks of the sentence around it; 0 when it begins with none.</summary>
    public static int LengthOf(ReadOnlySpan<char> text)
    {
        if (LengthOfScheme(text) == 0)
        {
            return 0;
        }

        var end = 0;
        while (end < text.Length && text[end] > ' ' && text[end] is not ('<' or '>' or '"' or '`' or '”') && !SpeechMarks.IsFullWidth(text[end]) && !SpeechMarks.IsCjk(text[end]))
        {
            end++;
        }

        // A bracket that the address does not open belongs to the sentence.
        var address = text[..end].TrimEnd(".,;:!?*_'’");
        while (address.EndsWith(")") && address.Count(')') > address.Count('('))
        {
            address = address[..^1].TrimEnd(".,;:!?*_'’");
        }

        return address.Length;
    }

    /// <summary>What is said instead.</summary>
    /// <param name="address">The address.</param>
    public static string Describe(ReadOnlySpan<char> address)
    {
        var rest = address[LengthOfScheme(address)..];
        var end = rest.IndexOfAny("/?#:");
        var host = end < 0 ? rest : rest[..end];
        host = host.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? host[4..] : host;
        return host.IsEmpty ? "a link" : $"a link to {host}";
    }

    private static int LengthOfScheme(ReadOnlySpan<char> text) =>
        text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8
        : text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7
        : text.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? 4 : 0;
}
