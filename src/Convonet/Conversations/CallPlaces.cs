using Convonet.Models;

namespace Convonet.Conversations;

/// <summary>Where in a kept turn's text its calls stand: what was said before each is kept with it, and is found again in what was shown.</summary>
internal static class CallPlaces
{
    /// <summary>The calls of these steps, each with the number of characters before it; null from where on something said is not in what was shown.</summary>
    public static IEnumerable<(KeptCall Call, int? At)> Of(IEnumerable<KeptStep> steps, string shown)
    {
        int? at = 0;
        foreach (var step in steps)
        {
            foreach (var planned in step.Calls)
            {
                at = After(planned.Before, shown, at);
                yield return (planned, at);
            }

            // What was said behind the last call stands before the next step's.
            at = After(step.Parts?.Reverse().TakeWhile(part => part is not AssistantPart.ToolUse).Reverse() ?? [], shown, at);
        }
    }

    /// <summary>A step's first words were shown without the space before them, and blank ones perhaps not at all.</summary>
    private static int? After(IEnumerable<AssistantPart> said, string shown, int? at)
    {
        var text = string.Concat(said.OfType<AssistantPart.Text>().Select(part => part.Value)).TrimStart();
        return text.Length == 0 || at is not { } from ? at
            : shown.IndexOf(text, from, StringComparison.Ordinal) is >= 0 and var found ? found + text.Length : null;
    }
}
