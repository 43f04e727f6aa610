using System.Text.Json;

namespace Convonet.Chaos.Parent;

/// <summary>Compares effects with results: what a result says was done was done once, and nothing else was done.</summary>
internal sealed class EffectChecker(Ledger ledger, Findings findings)
{
    private readonly CallRow[] _done = [.. ledger.Calls.Where(call => call.Outcome == "Ok")];

    public void Check()
    {
        CheckTodos();
        CheckRows();
        findings.Once("counter", ledger.Counter, Done("add_one").Count());
    }

    /// <summary>A todo for each id that a result names, changed as often as results say; and a change set for each of these changes.</summary>
    private void CheckTodos()
    {
        var todos = ledger.Todos.ToDictionary(todo => todo.Id);
        var created = Done("create_todo").Select(call => (Id: IdOf(call), Title: Argument(call, "title"))).Distinct().ToArray();
        var completed = Done("complete_todo").Select(IdOf).ToHashSet();
        var changed = Done("update_todo").ToDictionary(IdOf, call => Argument(call, "title"));
        foreach (var (id, title) in created)
        {
            findings.Once($"todo {title}", todos.ContainsKey(id) ? 1 : 0);
            if (todos.TryGetValue(id, out var todo))
            {
                var changes = (completed.Contains(id) ? 1 : 0) + (changed.ContainsKey(id) ? 1 : 0);
                findings.Once($"changes of {title}", todo.Version, 1 + changes);
                findings.Holds(todo.Completed == completed.Contains(id) && todo.Title == changed.GetValueOrDefault(id, title), "wrong change", title);
            }
        }

        findings.Once("todos", todos.Count, created.Length);
        findings.Once("change sets", ledger.ChangeSets, created.Length + completed.Count + changed.Count);
    }

    private void CheckRows()
    {
        var expected = Done("add_row").Select(call => Argument(call, "label")).CountBy(label => label).ToDictionary();
        foreach (var label in expected.Keys.Union(ledger.Labels.Select(rows => rows.Key)))
        {
            findings.Once($"row {label}", ledger.Labels[label].Count(), expected.GetValueOrDefault(label));
        }
    }

    private IEnumerable<CallRow> Done(string tool) => _done.Where(call => call.Tool == tool);

    private static string IdOf(CallRow call) => Work.IdIn(call.Content!)?.ToString() ?? $"none in “{call.Content}”";

    private static string Argument(CallRow call, string name)
    {
        using var arguments = JsonDocument.Parse(call.Arguments);
        return arguments.RootElement.GetProperty(name).GetString()!;
    }
}
