using Convonet.Emulator.Brain.Intents;
using Convonet.Emulator.Brain.Replies;
using Convonet.Emulator.Brain.Results;

namespace Convonet.Emulator.Brain.Plans;

/// <summary>Teams and people. Tools want a team's id or a person's address: both are looked up first where the user did not say them.</summary>
internal sealed class TeamPlanner(CallDesk desk, string? user, DateTime now)
{
    /// <summary>"My team" is the only one.</summary>
    private static readonly HashSet<string> Nameless = new(StringComparer.OrdinalIgnoreCase) { "", "my", "our", "the", "team", "my team", "our team", "the team" };

    private readonly TeamAnswers _answers = new(now);

    internal Plan List() => desk.Read(Tools.GetTeams, "look at teams", done => TeamAnswers.Teams(done.Data));

    internal Plan Create(Intent.CreateTeam create) =>
        desk.Use(Tools.CreateTeam, "create teams", done => TeamAnswers.TeamCreated(create.Name, done.Data), ("name", create.Name));

    internal Plan People(Intent.FindPeople find) =>
        desk.Read(Tools.SearchUsers, "search for people", done => TeamAnswers.People(find.Words, done.Data), ("search_term", find.Words));

    internal Plan Members(Intent.ListMembers list)
    {
        if (!desk.Has(Tools.GetMembers))
        {
            return Plan.Unable("see who is in a team");
        }

        var (team, wait) = Team(list.Team);
        return wait ?? desk.Read(Tools.GetMembers, "see who is in a team", done => TeamAnswers.Members(team!.Title, done.Data), ("team_id", team!.Id));
    }

    internal Plan AddTodo(Intent.AddTeamTodo add)
    {
        if (!desk.Has(Tools.CreateTeamTodo))
        {
            return Plan.Unable("add todos for a team");
        }

        var (team, wait) = Team(add.Team);
        if (wait is not null)
        {
            return wait;
        }

        var (person, search) = add.Person is null ? (null, null) : Member(team!, add.Person);
        return search ?? desk.Use(
            Tools.CreateTeamTodo, "add todos for a team", done => _answers.TodoAdded(add, team!.Title, person?.Title, done.Data),
            ("title", add.Title), ("team_id", team!.Id), ("priority", add.Level), ("assignee_id", person?.Id), ("due_date", add.When.ToArgument(now)));
    }

    internal Plan AddMember(Intent.AddMember add)
    {
        const string Ability = "add people to a team";
        if (!desk.Has(Tools.AddMember))
        {
            return Plan.Unable(Ability);
        }

        var (team, noTeam) = Named(add.Team);
        var (person, noPerson) = noTeam is null ? Someone(add.Person) : default;
        return noTeam ?? noPerson ?? desk.Use(
            Tools.AddMember, Ability, done => TeamAnswers.MemberAdded(add.Person, team!, add.Role, done.Data),
            ("team_name", team), ("email", person), ("role", add.Role));
    }

    internal Plan RemoveMember(Intent.RemoveMember remove)
    {
        const string Ability = "remove people from a team";
        if (!desk.Has(Tools.RemoveMember))
        {
            return Plan.Unable(Ability);
        }

        var (member, team, wait) = MemberOf(remove.Team, remove.Person);
        return wait ?? desk.Use(
            Tools.RemoveMember, Ability, done => TeamAnswers.MemberRemoved(remove.Person, team, done.Data), ("team_name", team), ("email", member));
    }

    internal Plan ChangeRole(Intent.ChangeRole change)
    {
        const string Ability = "change roles";
        if (!desk.Has(Tools.ChangeRole))
        {
            return Plan.Unable(Ability);
        }

        var (member, team, wait) = MemberOf(change.Team, change.Person);
        return wait ?? desk.Use(
            Tools.ChangeRole, Ability, done => TeamAnswers.RoleChanged(change.Person, team, change.Role, done.Data),
            ("team_name", team), ("email", member), ("new_role", change.Role));
    }

    /// <summary>The team by its name: exactly, or the only one with a part of it.</summary>
    private (Item? Team, Plan? Wait) Team(string name)
    {
        if (desk.Done(Tools.GetTeams) is not { } list)
        {
            return (null, desk.Ask(Tools.GetTeams, "look at teams"));
        }

        if (list.Data.Failure is { } failure)
        {
            return (null, Plan.Say(failure.Tell("look at your teams")));
        }

        var teams = list.Data.Items;
        var found = Nameless.Contains(name) ? teams : teams.Where(team => team.Title.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList() is { Count: > 0 } same ? same
            : [.. teams.Where(team => team.Title.Contains(name, StringComparison.OrdinalIgnoreCase))];
        return found.Count == 1 ? (found[0], null) : (null, Plan.Say(TeamAnswers.NoTeam(name, found, teams)));
    }

    /// <summary>The team's name for tools that look it up themselves.</summary>
    private (string? Team, Plan? Wait) Named(string name)
    {
        if (!Nameless.Contains(name))
        {
            return (name, null);
        }

        var (team, wait) = Team(name);
        return (team?.Title, wait);
    }

    /// <summary>The address of anybody here.</summary>
    private (string? Email, Plan? Wait) Someone(string person)
    {
        if (person.Contains('@', StringComparison.Ordinal))
        {
            return (person, null);
        }

        if (desk.Done(Tools.SearchUsers, ("search_term", person)) is not { } search)
        {
            return (null, desk.Has(Tools.SearchUsers) ? desk.Ask(Tools.SearchUsers, "search for people", ("search_term", person)) : Plan.Say($"Please tell me {person}'s e-mail address."));
        }

        if (search.Data.Failure is { } failure)
        {
            return (null, Plan.Say(failure.Tell($"find {person}")));
        }

        var (found, wait) = One(person, search.Data.Items, "here");
        return WithAddress(found, wait);
    }

    /// <summary>The address of a member, and the team's name.</summary>
    private (string? Email, string Team, Plan? Wait) MemberOf(string teamName, string person)
    {
        if (person.Contains('@', StringComparison.Ordinal))
        {
            var (name, noName) = Named(teamName);
            return (person, name ?? teamName, noName);
        }

        var (team, noTeam) = Team(teamName);
        var (member, noMember) = noTeam is null ? Member(team!, person) : default;
        var (email, wait) = WithAddress(member, noTeam ?? noMember);
        return (email, team?.Title ?? teamName, wait);
    }

    /// <summary>The local owner of a server may have no address.</summary>
    private static (string? Email, Plan? Wait) WithAddress(Item? person, Plan? wait) =>
        (person?.Email, wait ?? (person is { Email: null } ? Plan.Say($"{person.Title} has no e-mail address, which the tool wants.") : null));

    private (Item? Member, Plan? Wait) Member(Item team, string person)
    {
        if (desk.Done(Tools.GetMembers, ("team_id", team.Id)) is not { } list)
        {
            return (null, desk.Ask(Tools.GetMembers, "see who is in a team", ("team_id", team.Id)) with { Lead = $"Let me see who is in {team.Title}." });
        }

        if (list.Data.Failure is { } failure)
        {
            return (null, Plan.Say(failure.Tell($"see who is in {Phrases.Quote(team.Title)}")));
        }

        return One(person, list.Data.Items, $"in {team.Title}");
    }

    private (Item? Person, Plan? Wait) One(string person, IReadOnlyList<Item> people, string place)
    {
        var name = user is not null && person.ToLowerInvariant() is "me" or "myself" ? user! : person;
        var found = people.Where(one => name.Equals(one.Email, StringComparison.OrdinalIgnoreCase) || Finder.Score(one.Title, name) > 0).ToList();
        return found.Count == 1 ? (found[0], null) : (null, Plan.Say(TeamAnswers.NoPerson(person, found, place)));
    }
}
