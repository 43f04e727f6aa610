using System.Text.Json.Nodes;
using Convonet.Emulator.Scripts;
using Convonet.Emulator.Wire;

namespace Convonet.Emulator.Brain;

/// <summary>Decides for one thing that the user wants: the calls that are still to make, or what to say.</summary>
internal sealed class Planner(Prompt prompt, Ledger ledger, DateTime now)
{
    private static readonly TimeSpan UsualLength = TimeSpan.FromHours(1);
    private static readonly TimeOnly Morning = new(9, 0);

    private readonly Answers _answers = new(now);
    private Executed? _todos;

    internal Plan Plan(Intent intent) => intent switch
    {
        Intent.AddTodo add => Use(
            Tools.CreateTodo, "add todos", done => _answers.TodoAdded(add, done.Data),
            ("title", add.Title), ("priority", add.Priority), ("due_date", add.When.ToArgument(now))),
        Intent.ListTodos => Todos() is { } todos ? Say(_answers.Todos(todos.Data)) : Ask(Tools.GetTodos, "read your list"),
        Intent.FinishTodo finish => Change(finish.Which, Tools.CompleteTodo, "complete todos", "tick off", "ticked off"),
        Intent.RemoveTodo remove => Change(remove.Which, Tools.DeleteTodo, "delete todos", "delete", "deleted"),
        Intent.AddReminder add => Use(
            Tools.CreateReminder, "set reminders", done => _answers.ReminderAdded(add, done.Data),
            ("reminder_text", add.Text), ("importance", add.Importance), ("reminder_date", RemindAt(add.When))),
        Intent.ListReminders => Use(Tools.GetReminders, "read reminders", done => _answers.Reminders(done.Data)),
        Intent.AddEvent add => AddEvent(add),
        Intent.ListEvents list => ListEvents(list.When),
        Intent.TellTime tell => TellTime(tell),
        Intent.Talk talk => AtOnce(SmallTalk.Reply(talk.Topic, now, prompt.Turns.OfType<Turn.User>().Count() - 1)),
        Intent.OutOfReach reach => AtOnce(Unable(reach.What)),
        _ => ledger.IsEmpty ? AtOnce(SmallTalk.NotUnderstood) : new Plan([], ""),
    };

    /// <summary>A call that nothing the user said explains, such as one of a script.</summary>
    internal static string Unexpected(Executed executed) => executed.Data.Failure is { } failure
        ? $"The tool {Phrases.Quote(executed.Call.Name)} failed: {failure.Why}."
        : $"The tool {Phrases.Quote(executed.Call.Name)} answered: {executed.Data.Short()}";

    private Plan AddEvent(Intent.AddEvent add)
    {
        var start = add.When.Start(now, UsualTime(add.Title));
        return Use(
            Tools.CreateEvent, "put things on the calendar", done => _answers.EventAdded(add.Title, start, done.Data),
            ("title", add.Title), ("event_from", When.Iso(start)), ("event_to", When.Iso(start + (add.When.Length ?? UsualLength))));
    }

    private Plan ListEvents(When when)
    {
        // Without a day: the coming week.
        var from = when.From ?? DateOnly.FromDateTime(now);
        var to = when.To ?? (when.IsNamed ? from : from.AddDays(6));
        return Use(
            Tools.GetEvents, "read your calendar", done => _answers.Events(when.From is null ? "in the next seven days" : when.Words, from == to, done.Data),
            ("from", When.Iso(from.ToDateTime(TimeOnly.MinValue))), ("to", When.Iso(to.ToDateTime(new TimeOnly(23, 59, 59)))));
    }

    private Plan TellTime(Intent.TellTime tell) =>
        ledger.Take(Tools.GetTime) is { } done ? Say(_answers.Time(tell.IsDate, done.Data))
        : Declared(Tools.GetTime) is not null ? Ask(Tools.GetTime, "tell the time")
        : AtOnce(_answers.Time(tell.IsDate, null));

    /// <summary>A todo is changed by its id, which only the list knows: first the list, then the change.</summary>
    private Plan Change(Which which, string tool, string ability, string verb, string past)
    {
        if (Declared(tool) is null && ledger.IsEmpty)
        {
            return AtOnce(Unable(ability));
        }

        if (Todos() is not { } list)
        {
            return Ask(Tools.GetTodos, ability);
        }

        if (list.Data.Failure is { } failure)
        {
            return Say(failure.Tell("read your list"));
        }

        var items = list.Data.Items;
        var found = TodoFinder.Find(items, which, openOnly: tool == Tools.CompleteTodo);
        if (found.Count == 0)
        {
            return Say(Answers.NotFound(which, items));
        }

        var done = found.Select(item => (Item: item, Executed: ledger.Take(tool, call => IdOf(call) == item.Id))).ToList();
        var open = done.Where(entry => entry.Executed is null).Select(entry => entry.Item).ToList();
        if (open.Count == 0)
        {
            return Say(Answers.Changed([.. done.Select(entry => (entry.Item, entry.Executed!.Data))], verb, past));
        }

        return Declared(tool) is null
            ? Say(Unable(ability))
            : new Plan([.. open.Select(item => Call(tool, ("id", item.Id)))], "");
    }

    private Executed? Todos() => _todos ??= ledger.Take(Tools.GetTodos);

    private Plan Use(string tool, string ability, Func<Executed, string> reply, params (string Name, string? Value)[] arguments) =>
        ledger.Take(tool) is { } done ? Say(reply(done)) : Ask(tool, ability, arguments);

    private Plan Ask(string tool, string ability, params (string Name, string? Value)[] arguments) =>
        Declared(tool) is null ? AtOnce(Unable(ability)) : new Plan([Call(tool, arguments)], "");

    /// <summary>A call with the arguments that have a value and that the tool declares.</summary>
    private ScriptStep.CallStep Call(string tool, params (string Name, string? Value)[] arguments)
    {
        var known = Declared(tool)!.Parameters.Get("properties").Properties().Select(property => property.Name).ToHashSet();
        var json = new JsonObject();
        foreach (var (name, value) in arguments.Where(argument => argument.Value is not null && (known.Count == 0 || known.Contains(argument.Name))))
        {
            json[name] = value;
        }

        return new ScriptStep.CallStep(tool, WireJson.Text(json));
    }

    private DeclaredTool? Declared(string name) => prompt.Tools.FirstOrDefault(tool => tool.Name == name);

    private string? RemindAt(When when) => when.IsNamed ? When.Iso(when.Start(now, Morning)) : null;

    private static TimeOnly UsualTime(string title) => title.ToLowerInvariant() switch
    {
        var name when name.Contains("breakfast") => new TimeOnly(8, 0),
        var name when name.Contains("lunch") => new TimeOnly(12, 0),
        var name when name.Contains("dinner") => new TimeOnly(19, 0),
        _ => Morning,
    };

    private static string IdOf(PromptCall call) => call.Arguments.Get("id") is var id ? id.AsString() ?? (id.IsMissing() ? "" : id.GetRawText()) : "";

    private static string Unable(string ability) => $"I have no tool here to {ability}.";

    private static Plan Say(string reply) => new([], reply);

    private static Plan AtOnce(string reply) => new([], reply, IsAtOnce: true);
}

/// <summary>What is to be done for one thing that the user wants.</summary>
/// <param name="Calls">Calls that are still to make.</param>
/// <param name="Reply">What to say when no call is left; empty for nothing.</param>
/// <param name="IsAtOnce">Whether it needs no result, and is said in the first step.</param>
internal sealed record Plan(IReadOnlyList<ScriptStep.CallStep> Calls, string Reply, bool IsAtOnce = false);
