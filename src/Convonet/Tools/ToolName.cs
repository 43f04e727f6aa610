namespace Convonet.Tools;

/// <summary>Makes any name that a model writes into one that every provider takes back in a history.</summary>
/// <remarks>
/// Anthropic and OpenAI refuse names outside <c>[A-Za-z0-9_-]{1,64}</c>, and a history with one such name would be refused in every later
/// turn. A name that had to be cleaned is no tool's name, so its call gets the error that lists the tools.
/// </remarks>
internal static class ToolName
{
    /// <summary>What a name has to be, in words.</summary>
    public const string Rule = "a name has 1 to 64 letters of ASCII, digits, '_' or '-'.";

    private const int Longest = 64;

    /// <summary>Whether every provider takes it.</summary>
    public static bool IsValid(string name) => name.Length is > 0 and <= Longest && name.All(IsAllowed);

    public static string Clean(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return "unknown";
        }

        var kept = name.Length <= Longest ? name : name[..Longest];
        return kept.All(IsAllowed) ? kept : string.Concat(kept.Select(letter => IsAllowed(letter) ? letter : '_'));
    }

    private static bool IsAllowed(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-';
}
