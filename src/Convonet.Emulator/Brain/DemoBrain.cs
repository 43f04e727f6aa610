using System.Globalization;
using System.Text.RegularExpressions;
using Convonet.Emulator.Brain.Intents;
using Convonet.Emulator.Brain.Plans;
using Convonet.Emulator.Scripts;

namespace Convonet.Emulator.Brain;

/// <summary>
/// The offline demo model: rules, not a language model. It reads what the user last said, calls tools that the request declares, and when
/// their results are there it answers from them. It keeps nothing: everything it knows stands in the request.
/// </summary>
internal static partial class DemoBrain
{
    /// <summary>How Convonet asks for the rest of an answer that was cut off.</summary>
    private const string CutOff = "(You were cut off here.";

    internal static IReadOnlyList<ScriptStep> Answer(Prompt prompt, DateTimeOffset clock)
    {
        var (system, turns) = Prompt.Apart(prompt.System, [.. prompt.Turns]);
        prompt = prompt with { System = system, Turns = turns };
        if (prompt.Turns is [.., Turn.Model { Calls.Count: 0, Text: var begun }, Turn.User { Text: var last }] && last.StartsWith(CutOff, StringComparison.Ordinal))
        {
            return Rest(Answer(prompt with { Turns = [.. prompt.Turns.SkipLast(2)] }, clock), begun);
        }

        var now = NowOf(prompt.System, clock);
        var said = prompt.Turns.OfType<Turn.User>().LastOrDefault()?.Text ?? "";
        var ledger = Ledger.Of(prompt.Turns);
        var plans = new Planner(prompt, ledger, now).Plan(IntentReader.Read(said, now));

        // What needs no tool was said before the first call.
        var calls = plans.SelectMany(plan => plan.Calls).DistinctBy(call => (call.Name, call.Arguments)).ToList();
        var replies = plans.Where(plan => plan.Reply.Length > 0 && plan.IsAtOnce ? ledger.IsEmpty : calls.Count == 0).Select(plan => plan.Reply)
            .Where(reply => reply.Length > 0).ToList();
        if (calls.Count > 0)
        {
            var leads = plans.Where(plan => plan.Calls.Count > 0).Select(plan => plan.Lead).Distinct().ToList();
            return [Preamble(replies, leads, calls.Count, ledger.IsEmpty), .. calls, .. Afterword(calls)];
        }

        replies.AddRange(ledger.Left.Select(Planner.Unexpected));
        return [Script.Say(replies.Count > 0 ? string.Join(' ', replies.Distinct()) : "Done.")];
    }

    /// <summary>What follows a beginning; all of it where that is not how it begins.</summary>
    private static IReadOnlyList<ScriptStep> Rest(IReadOnlyList<ScriptStep> answer, string begun)
    {
        var left = begun;
        List<ScriptStep> rest = [];
        foreach (var step in answer)
        {
            if (left.Length == 0 || step is not ScriptStep.SayStep say)
            {
                rest.Add(step);
            }
            else if (say.Text.Length > left.Length && say.Text.StartsWith(left, StringComparison.Ordinal))
            {
                (left, say) = ("", say with { Text = say.Text[left.Length..] });
                rest.Add(say);
            }
            else if (left.StartsWith(say.Text, StringComparison.Ordinal))
            {
                left = left[say.Text.Length..];
            }
            else
            {
                return answer;
            }
        }

        return rest;
    }

    /// <summary>The server's prompt says when it is, in the user's time zone; its instructions speak of such a line, too.</summary>
    private static DateTime NowOf(string system, DateTimeOffset clock) =>
        NowLine().Matches(system).LastOrDefault() is { } line
        && DateTimeOffset.TryParse(line.Groups["now"].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var now)
            ? now.DateTime
            : clock.DateTime;

    private static ScriptStep Preamble(List<string> replies, List<string> leads, int calls, bool isFirst)
    {
        var text = leads is [var lead] && (calls == 1 || !isFirst) ? lead : isFirst ? "One moment," : "Next,";

        // The space keeps the text apart from what is said when the results are there.
        return Script.Say(string.Join(' ', replies.Append(text)) + " ");
    }

    /// <summary>Several calls run while the model still talks, which shows that nothing waits for the end of its answer.</summary>
    private static IEnumerable<ScriptStep> Afterword(List<ScriptStep.CallStep> calls)
    {
        if (calls.Count > 1)
        {
            yield return Script.Say(calls.Count == 2 ? "I'll do both at the same time. " : $"I'll do all {calls.Count} at the same time. ");
        }
    }

    [GeneratedRegex(@"\bNow:\s*(?<now>\d{4}-\S+)")]
    private static partial Regex NowLine();
}
