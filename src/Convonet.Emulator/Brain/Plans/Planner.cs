using Convonet.Emulator.Brain.Intents;
using Convonet.Emulator.Brain.Replies;

namespace Convonet.Emulator.Brain.Plans;

/// <summary>Decides for each thing that the user wants: the calls that are still to make, or what to say.</summary>
internal sealed class Planner
{
    private static readonly TimeOnly Morning = new(9, 0);

    private readonly Prompt _prompt;
    private readonly Ledger _ledger;
    private readonly DateTime _now;
    private readonly Answers _answers;
    private readonly CallDesk _desk;
    private readonly ChangePlanner _changes;
    private readonly CalendarPlanner _calendar;
    private readonly TeamPlanner _teams;

    internal Planner(Prompt prompt, Ledger ledger, DateTime now)
    {
        (_prompt, _ledger, _now) = (prompt, ledger, now);
        _answers = new Answers(now);
        _desk = new CallDesk(prompt.Tools, ledger);
        _changes = new ChangePlanner(_desk, prompt.Turns, now);
        _calendar = new CalendarPlanner(_desk, now);
        _teams = new TeamPlanner(_desk, prompt.UserName, now);
    }

    /// <summary>A plan for each intent. What needs the outcome of an earlier one waits for it.</summary>
    internal IReadOnlyList<Plan> Plan(IReadOnlyList<Intent> intents)
    {
        var plans = new List<Plan>();
        foreach (var intent in intents)
        {
            var waits = plans.Where((plan, i) => plan.Calls.Count > 0 && Needs(intent, intents[i])).Any();
            plans.Add(waits ? Plans.Plan.Wait : Plan(intent));
        }

        return plans;
    }

    /// <summary>A call that nothing the user said explains, such as one of a script.</summary>
    internal static string Unexpected(Executed executed) => executed.Data.Failure is { } failure
        ? $"The tool {Phrases.Quote(executed.Call.Name)} failed: {failure.Why}."
        : $"The tool {Phrases.Quote(executed.Call.Name)} answered: {executed.Data.Short()}";

    private static bool Needs(Intent intent, Intent earlier) => intent switch
    {
        Intent.Change { Which.IsLast: true } => true,
        Intent.AddTeamTodo or Intent.AddMember or Intent.RemoveMember or Intent.ChangeRole or Intent.ListMembers or Intent.ListTeams => ChangesTeams(earlier),
        _ => false,
    };

    private static bool ChangesTeams(Intent intent) => intent is Intent.CreateTeam or Intent.AddMember or Intent.RemoveMember or Intent.ChangeRole;

    private Plan Plan(Intent intent) => intent switch
    {
        Intent.AddTodo add => _desk.Use(
            Tools.CreateTodo, "add todos", done => _answers.TodoAdded(add, done.Data),
            ("title", add.Title), ("priority", add.Level), ("due_date", add.When.ToArgument(_now))),
        Intent.ListTodos list => _desk.Read(Tools.GetTodos, "read your list", done => _answers.Todos(list.Team, done.Data)),
        Intent.AddReminder add => _desk.Use(
            Tools.CreateReminder, "set reminders", done => _answers.ReminderAdded(add, done.Data),
            ("reminder_text", add.Text), ("importance", add.Level), ("reminder_date", add.When.IsNamed ? When.Iso(add.When.Start(_now, Morning)) : null)),
        Intent.ListReminders => _desk.Read(Tools.GetReminders, "read reminders", done => _answers.Reminders(done.Data)),
        Intent.Change change => _changes.Plan(change),
        Intent.AddEvent add => _calendar.Add(add),
        Intent.ListEvents list => _calendar.List(list),
        Intent.TellAgenda tell => _calendar.Agenda(tell),
        Intent.FindFreeTime find => _calendar.FreeTime(find),
        Intent.ListTeams => _teams.List(),
        Intent.ListMembers list => _teams.Members(list),
        Intent.CreateTeam create => _teams.Create(create),
        Intent.AddTeamTodo add => _teams.AddTodo(add),
        Intent.AddMember add => _teams.AddMember(add),
        Intent.RemoveMember remove => _teams.RemoveMember(remove),
        Intent.ChangeRole change => _teams.ChangeRole(change),
        Intent.FindPeople find => _teams.People(find),
        Intent.TellTime tell => _desk.Has(Tools.GetTime)
            ? _desk.Read(Tools.GetTime, "tell the time", done => _answers.Time(tell.IsDate, done.Data))
            : Plans.Plan.AtOnce(_answers.Time(tell.IsDate, null)),
        Intent.Talk talk => Plans.Plan.AtOnce(SmallTalk.Reply(talk.Topic, _now, _prompt.Turns.OfType<Turn.User>().Count() - 1, _prompt.UserName)),
        Intent.OutOfReach reach => Plans.Plan.Unable(reach.What),
        _ => _ledger.IsEmpty ? Plans.Plan.AtOnce(SmallTalk.NotUnderstood) : Plans.Plan.Wait,
    };
}
