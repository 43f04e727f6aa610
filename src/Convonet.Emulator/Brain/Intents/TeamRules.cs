using System.Text.RegularExpressions;

namespace Convonet.Emulator.Brain.Intents;

/// <summary>Wishes about teams and people.</summary>
internal static partial class TeamRules
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private static readonly Rule[] Rules =
    [
        new(AsksPeople(), (match, clause) => new Intent.FindPeople(clause.Title(match.Groups["who"].Value))),
        new(AsksMembers(), (match, clause) => new Intent.ListMembers(Team(match, clause))),
        new(AsksTeams(), (_, _) => new Intent.ListTeams()),
        new(Creates(), (match, clause) => new Intent.CreateTeam(Team(match, clause))),
        new(ChangesRole(), (match, clause) => new Intent.ChangeRole(Person(match, clause), Team(match, clause), Role(match)!)),
        new(Adds(), (match, clause) => IsPerson(match) && !clause.When.IsNamed ? new Intent.AddMember(Person(match, clause), Team(match, clause), Role(match)) : null),
        new(Removes(), (match, clause) => IsPerson(match) || !clause.When.IsNamed ? new Intent.RemoveMember(Person(match, clause), Team(match, clause)) : null),
    ];

    /// <summary>These are read without what was said about time and importance.</summary>
    private static readonly Rule[] Todos = [.. new[] { OnTeamList(), NamesTeamTodo(), ForTeam(), Assigns() }.Select(pattern => new Rule(pattern, Todo))];

    internal static Intent? Read(Clause clause) => Rule.First(Todos, clause.Plain, clause) ?? Rule.First(Rules, clause.Text, clause);

    private static Intent.AddTeamTodo? Todo(Match match, Clause clause)
    {
        var title = clause.Title(TodoNoise().Replace(match.Groups["what"].Value, ""));
        var person = match.Groups["who"] is { Success: true } who ? clause.Title(who.Value) : null;
        return title.Length > 0 ? new Intent.AddTeamTodo(title, Team(match, clause), person, clause.Level, clause.When) : null;
    }

    private static string Team(Match match, Clause clause) => clause.Title(match.Groups["team"].Value);

    private static string Person(Match match, Clause clause) => clause.Title(match.Groups["who"].Value);

    private static string? Role(Match match) => match.Groups["role"].Value.ToLowerInvariant() switch
    {
        "" => null,
        "administrator" => "admin",
        "guest" => "viewer",
        var role => role,
    };

    /// <summary>Whether it is about a member for sure: an address, a role, the word "team", or an invitation.</summary>
    private static bool IsPerson(Match match) => match.Groups["who"].Value.Contains('@', StringComparison.Ordinal)
        || match.Groups["role"].Success || match.Groups["word"].Success || match.Groups["sure"].Success;

    [GeneratedRegex($@"^(?:find|search(?:\s+for)?|look\s+up|look\s+for|is\s+there|show|list)\s+(?:me\s+)?(?:an?\s+|the\s+|some\s+|all\s+)?(?:users?|people|persons?|colleagues?|somebody|someone|anyone|anybody)\s*(?:who\s+(?:is|are)\s+)?(?:called|named|with the name|by the name of|like|:)?\s+(?<who>\S.*)$|^(?:find|search(?:\s+for)?|look\s+up|who(?:'?s| is))\s+(?<who>{Words.Email})$|^(?:find|search for|look up)\s+(?<who>\S+(?:\s\S+)?)\s+(?:among|in) (?:the )?(?:users|people)$", Options)]
    private static partial Regex AsksPeople();

    [GeneratedRegex($@"^who(?:'?s| is| are| else is)\s+(?:all\s+)?(?:in|on|part of|an? members? of|the members? of|members? of)\s+(?!{Words.My}\s+{Words.Calendar}){Words.Team}$|^(?:(?:show|list|tell|give|see)\s+(?:me\s+)?|who are\s+|what are\s+)(?:all\s+)?(?:the\s+)?(?:members|people)\s+(?:of|in|on)\s+{Words.Team}$|^(?:(?:show|list|tell|give|see)\s+(?:me\s+)?|who are\s+)(?:all\s+)?(?:the\s+)?(?<team>\S+(?:\s\S+)?)(?:'s)?(?:\s+team(?:'s)?)?\s+members$", Options)]
    private static partial Regex AsksMembers();

    [GeneratedRegex(@"^(?:what|which|show|list|tell|do i|am i|give|see|read|how many)\b.*\bteams\b|^(?:my )?teams$|^(?:what|which) team\b|^(?:am i|are we) in (?:a|any) team\b", Options)]
    private static partial Regex AsksTeams();

    [GeneratedRegex($@"^(?:(?:create|set up|form|found)\s+(?:(?:an?|the|another)\s+)?|(?:make|start|add|open)\s+(?:an?|another)\s+)(?:new\s+)?team\s*(?:called\s|named\s|with the name\s|:)?\s*(?!(?:{Words.MealOrMeeting}|{Words.Todo}|member)\b|.*\b(?:list|to-?dos|tasks|calendar)$)(?<team>\S.*)$|^(?:create|set up|start|form|found)\s+(?:an?|the)\s+(?:new\s+)?(?!team\b)(?<team>\S+(?:\s\S+)?)\s+team$", Options)]
    private static partial Regex Creates();

    [GeneratedRegex($@"^(?:make|set|promote|demote|change|turn)\s+(?<who>\S+(?:\s\S+)??)\s+(?:(?:to|into|as)\s+)?(?:an?\s+|the\s+)?(?<role>{Words.Role})\s+(?:in|of|for|on|at)\s+{Words.Team}$|^(?:change|set)\s+(?:the\s+role\s+of\s+(?<who>\S+(?:\s\S+)??)|(?<who>\S+(?:\s\S+)??)'s\s+role)\s+(?:in|on|of)\s+{Words.Team}\s+to\s+(?:be\s+)?(?:an?\s+)?(?<role>{Words.Role})$", Options)]
    private static partial Regex ChangesRole();

    [GeneratedRegex($@"^(?:add|(?<sure>invite)|put|bring|get)\s+(?<who>\S+(?:\s\S+)??)(?:\s+as\s+(?:an?\s+|the\s+)?(?<role>{Words.Role}))?\s+(?:to|into|in)\s+(?!{Words.My}\s+(?:{Words.List}|{Words.Calendar})\b|.*\b(?:{Words.MealOrMeeting}|list|to-?dos|tasks|calendar)$){Words.Team}(?:\s+as\s+(?:an?\s+|the\s+)?(?<role>{Words.Role}))?$", Options)]
    private static partial Regex Adds();

    [GeneratedRegex($@"^(?:remove|kick|throw)\s+(?<who>\S+(?:\s\S+)??)\s+(?:from|out of|off)\s+(?!.*\b(?:{Words.List}|{Words.Calendar}|reminders)$){Words.Team}$|^delete\s+(?<who>{Words.Email})\s+from\s+{Words.Team}$", Options)]
    private static partial Regex Removes();

    [GeneratedRegex($@"^(?:add|put|write|create|note)\s+(?<what>.+?)\s+(?:to|on|onto|in|into)\s+(?:the\s+)?(?:team\s+)?(?!(?:my|our|your|the|to-?do|task|shopping|grocery|groceries|list)\b)(?<team>\S+(?:\s\S+)??)(?:'s?)?(?:\s+team(?:'s)?)?\s+(?:(?:to-?do|task)\s+)?(?:list|to-?dos|tasks)$|^(?:add|put|write|create|note)\s+(?<what>.+?)\s+(?:to|on|onto|in|into)\s+(?:the\s+)?(?:(?:to-?do|task)\s+)?(?:list|to-?dos|tasks)\s+of\s+{Words.Team}$", Options)]
    private static partial Regex OnTeamList();

    [GeneratedRegex($@"^(?:add|create|make|new)\s+(?:an?\s+|another\s+)?(?:new\s+)?{Words.Todo}\s+(?:for\s+(?<who>\S+(?:\s\S+)??)\s+)?(?:for|in|to|on)\s+(?:the\s+)?(?:team\s+(?<team>[^:]+?)|(?<team>[^:]+?)\s+team)\s*(?::|,|\bto\b|\bcalled\b|\bnamed\b)\s*(?<what>.+)$|^(?:add|create|make|new)\s+(?:an?\s+|another\s+)?(?:new\s+)?team\s+{Words.Todo}\s+(?:for|in|to|on)\s+(?:the\s+)?(?<team>[^:]+?)\s*(?::|,|\bto\b|\bcalled\b|\bnamed\b)\s*(?<what>.+)$", Options)]
    private static partial Regex NamesTeamTodo();

    [GeneratedRegex(@"^(?:add|create|note)\s+(?<what>.+?)\s+for\s+(?:the\s+)?(?:team\s+(?<team>\S.*)|(?<team>\S+)\s+team)$", Options)]
    private static partial Regex ForTeam();

    [GeneratedRegex($@"^assign\s+(?<what>.+?)\s+to\s+(?<who>\S+(?:\s\S+)??)\s+(?:in|on|from|of)\s+{Words.Team}$", Options)]
    private static partial Regex Assigns();

    [GeneratedRegex($@"^(?:an?\s+)?(?:new\s+)?{Words.Todo}\s*(?::|to\b|called\b|named\b)?\s*", Options)]
    private static partial Regex TodoNoise();
}
