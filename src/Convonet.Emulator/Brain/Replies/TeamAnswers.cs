using Convonet.Emulator.Brain.Intents;
using Convonet.Emulator.Brain.Results;

namespace Convonet.Emulator.Brain.Replies;

/// <summary>Sentences about teams and people.</summary>
internal sealed class TeamAnswers(DateTime now)
{
    internal static string Teams(ToolData data)
    {
        if (data.Failure is { } failure)
        {
            return failure.Tell("look at your teams");
        }

        return data.Items.Count == 0
            ? "You are in no team yet. Say \"create a team called Ops\" to make one."
            : $"You are in {Phrases.Count(data.Total, "team", "teams")}: {Phrases.Some([.. data.Items.Select(Named)])}.";
    }

    internal static string TeamCreated(string name, ToolData data) => data.Failure is { } failure
        ? failure.Tell($"create the team {Phrases.Quote(name)}")
        : $"The team {Phrases.Quote(data.Thing?.Title is { Length: > 0 } title ? title : name)} is there, and you are its owner.";

    internal static string Members(string team, ToolData data)
    {
        if (data.Failure is { } failure)
        {
            return failure.Tell($"see who is in {Phrases.Quote(team)}");
        }

        return data.Items.Count == 0
            ? $"Nobody is in {team}."
            : $"{Phrases.Capital(Phrases.Count(data.Total, "person is", "people are"))} in {team}: {Phrases.Some([.. data.Items.Select(item => item.Role is { } role ? $"{item.Title} ({role})" : item.Title)])}.";
    }

    internal static string People(string words, ToolData data)
    {
        if (data.Failure is { } failure)
        {
            return failure.Tell($"search for {words}");
        }

        var people = data.Items.Select(item => item.Email is { } email ? $"{item.Title} ({email})" : item.Title).ToList();
        return people.Count == 0 ? $"I found nobody for {Phrases.Quote(words)}." : $"I found {Phrases.Some(people)}.";
    }

    internal string TodoAdded(Intent.AddTeamTodo todo, string team, string? person, ToolData data) => data.Failure is { } failure
        ? failure.Tell($"add {Phrases.Quote(todo.Title)} to the list of {team}")
        : $"Done: {Phrases.Quote(todo.Title)} is on the list of {team}{(person is null ? "" : $", for {person}")}{Phrases.Details(todo.When, todo.Level, data.Thing, now)}.";

    internal static string MemberAdded(string person, string team, string? role, ToolData data) => data.Failure is { } failure
        ? failure.Tell($"add {person} to {team}")
        : $"{Name(person, data)} is in {team} now{(role is null ? "" : $", as {Phrases.Article(role)}")}.";

    internal static string MemberRemoved(string person, string team, ToolData data) => data.Failure is { } failure
        ? failure.Tell($"remove {person} from {team}")
        : $"{Name(person, data)} is no longer in {team}.";

    internal static string RoleChanged(string person, string team, string role, ToolData data) => data.Failure is { } failure
        ? failure.Tell($"make {person} {Phrases.Article(role)} in {team}")
        : $"{Name(person, data)} is {Phrases.Article(role)} in {team} now.";

    internal static string NoTeam(string name, IReadOnlyList<Item> found, IReadOnlyList<Item> teams)
    {
        if (found.Count > 1)
        {
            return $"Which team do you mean: {Phrases.Join([.. found.Select(team => team.Title)], "or")}?";
        }

        return teams.Count == 0 ? "You are in no team yet." : $"You are in no team called {Phrases.Quote(name)}. There is {Phrases.Join([.. teams.Select(team => team.Title)])}.";
    }

    internal static string NoPerson(string person, IReadOnlyList<Item> found, string place) => found.Count == 0
        ? $"I found nobody called {person} {place}. An e-mail address would help."
        : $"Which {person} do you mean: {Phrases.Join([.. found.Select(one => $"{one.Title} ({one.Email})")], "or")}?";

    /// <summary>The person's name as the tool knows it. An address is not a word that could begin with a capital.</summary>
    private static string Name(string person, ToolData data) => data.Thing is { Kind: "person" or "member" or "user", Title.Length: > 0 } thing ? thing.Title
        : person.Contains('@', StringComparison.Ordinal) ? person : Phrases.Capital(person);

    private static string Named(Item team)
    {
        var details = new[] { team.Role, team.Members is { } members ? Phrases.Count(members, "member", "members") : null }.OfType<string>().ToList();
        return details.Count == 0 ? team.Title : $"{team.Title} ({string.Join(", ", details)})";
    }
}
