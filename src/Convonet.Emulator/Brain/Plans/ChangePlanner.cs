using System.Text.Json.Nodes;
using Convonet.Emulator.Brain.Intents;
using Convonet.Emulator.Brain.Replies;
using Convonet.Emulator.Brain.Results;

namespace Convonet.Emulator.Brain.Plans;

/// <summary>Changes to what is there. A thing is changed by its id, which only its list knows: first the list, then the change.</summary>
internal sealed class ChangePlanner(CallDesk desk, IReadOnlyList<Turn> turns, DateTime now)
{
    private readonly EditCalls _edits = new(now);
    private readonly ChangeAnswers _answers = new(now);

    internal Plan Plan(Intent.Change change)
    {
        var (which, edit) = (change.Which, change.Edit);
        var kinds = which.Kinds.Where(kind => Can(kind, edit) && desk.Has(kind.List)).ToList();
        if (which.All)
        {
            // "Everything" is everything in one place.
            kinds = [.. kinds.Take(1)];
        }

        if (which.IsLast)
        {
            return PlanLast(edit);
        }

        if (kinds.Count == 0)
        {
            return Plans.Plan.Unable($"{ChangeAnswers.Verb(edit)} {Phrases.Article(which.Kinds[0].Name)}");
        }

        var seen = new List<Item>();
        for (var i = 0; i < kinds.Count; i++)
        {
            var kind = kinds[i];
            var asked = Search(kind, which.When);
            if (desk.Done(kind.List, asked) is not { } list)
            {
                var ask = desk.Ask(kind.List, $"find {kind.Name}s", asked);
                return i == 0 ? ask : ask with { Lead = $"It is not {kinds[i - 1].Place}. {ask.Lead}" };
            }

            if (list.Data.Failure is { } failure)
            {
                return Plans.Plan.Say(failure.Tell($"see what is {kind.Place}"));
            }

            var items = list.Data.Items.Where(item => kind != ThingKind.Todo || Fits(item, edit)).ToList();
            seen.AddRange(items);
            var found = Finder.Find(items, which);
            if (found.Choices.Count > 0)
            {
                return Plans.Plan.Say(_answers.WhichOne(found.Choices));
            }

            if (found.Items.Count > 0 && edit is Edit.Tell)
            {
                return Plans.Plan.Say(_answers.When(kind, found.Items[0]));
            }

            if (found.Items.Count > 0)
            {
                return Carry(kind, found.Items, edit, found.Items.Count == 1 ? "Found it." : "Found them.");
            }

            if (edit is Edit.Finish && Finder.Find(list.Data.Items, which).Items is [{ IsDone: true } done])
            {
                return Plans.Plan.Say($"{Phrases.Quote(done.Title)} is done already.");
            }
        }

        return Plans.Plan.Say(ChangeAnswers.NotFound(which, kinds, seen));
    }

    /// <summary>"It" is what the newest call was about, of this turn or of an earlier one.</summary>
    private Plan PlanLast(Edit edit)
    {
        var last = Ledger.All(turns).Where(executed => executed.Data.Failure is null)
            .Select(executed => (Kind: ThingKind.Of(executed.Call.Name), Item: executed.Data.Thing ?? (executed.Data.Items is [var only] ? only : null)))
            .LastOrDefault(entry => entry is { Kind: not null, Item.Id.Length: > 0 });
        return edit is Edit.Tell && last is { Kind: { } known, Item: { } it } ? Plans.Plan.Say(_answers.When(known, it))
            : last.Kind is not { } kind ? Plans.Plan.AtOnce("I am not sure what you mean. Please name it.")
            : Can(kind, edit) ? Carry(kind, [last.Item!], edit, "Right away.")
            : Plans.Plan.Unable($"{ChangeAnswers.Verb(edit)} {Phrases.Article(kind.Name)}");
    }

    private Plan Carry(ThingKind kind, IReadOnlyList<Item> items, Edit edit, string lead)
    {
        var tool = EditCalls.ToolFor(edit, kind)!;
        var calls = items.Select(item => (Item: item, Arguments: _edits.ArgumentsFor(edit, kind, item))).ToList();
        if (calls.Find(call => call.Arguments is null).Item is { } timeless)
        {
            return Plans.Plan.Say($"{Phrases.Quote(timeless.Title)} has no time yet. Tell me when it is to be.");
        }

        var done = calls.Select(call => (call.Item, Executed: desk.DoneLike(tool, call.Arguments!))).ToList();
        var open = calls.Where((_, i) => done[i].Executed is null).ToList();
        return open.Count == 0
            ? Plans.Plan.Say(_answers.Changed(edit, kind, [.. done.Select(entry => (entry.Item, entry.Executed!.Data))]))
            : new Plan([.. open.Select(call => desk.Call(tool, call.Arguments!))], "", Lead: lead);
    }

    private bool Can(ThingKind kind, Edit edit) => EditCalls.ToolFor(edit, kind) is { } tool && desk.Has(tool);

    private static bool Fits(Item item, Edit edit) => edit switch
    {
        Edit.Finish => !item.IsDone,
        Edit.Reopen => item.IsDone,
        _ => true,
    };

    /// <summary>Where to look: events on the day that was named, or soon.</summary>
    private IReadOnlyList<(string Name, JsonNode? Value)> Search(ThingKind kind, When when) =>
        kind == ThingKind.Event ? CalendarPlanner.Days(when.From ?? DateOnly.FromDateTime(now), when.To ?? DateOnly.FromDateTime(now).AddDays(60)) : [];
}
