using Convonet.Server.Teams;
using Convonet.Tests.Fakes;
using Convonet.Tools;

namespace Convonet.Tests.Teams;

public sealed class TeamToolsTests : IAsyncLifetime
{
    private const string NoAccount = "Nobody has an account with this e-mail address.";

    private StoreFixture _store = null!;
    private StoreFixture.Person _anna = null!;
    private StoreFixture.Person _ben = null!;
    private StoreFixture.Person _carl = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreFixture.CreateAsync();
        _anna = await _store.AddUserAsync("Anna Muster");
        _ben = await _store.AddUserAsync("Ben Beispiel");
        _carl = await _store.AddUserAsync("Carl");
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task CreateTeam_AnyName_MakesTheUserItsOwner()
    {
        var made = await _anna.DoAsync("create_team", new { name = " Ops ", description = "Keeps things running" });

        var id = Text(made, "id");
        Assert.Equal($"Created team \"Ops\". id: {id}", made.Content);
        Assert.Contains($"\n1 team:\n- \"Ops\" (owner, 1 member) id: {id}\n", (await _anna.DoAsync("get_teams")).Content, StringComparison.Ordinal);
        Assert.Contains("\nNo teams.\n", (await _ben.DoAsync("get_teams")).Content, StringComparison.Ordinal);
        Assert.Contains(
            $"\n1 member:\n- \"Anna Muster\" (anna@example.com, owner) id: {_anna.Id}\n", (await _anna.DoAsync("get_team_members", new { team_id = id })).Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name":[]}""", "name")]
    [InlineData("""{"name":" "}""", "The name must not be blank.")]
    [InlineData("""{"name":"Ops"}""", "There is a team of this name already.")]
    [InlineData("""{"name":"ops"}""", "There is a team of this name already.")]
    public async Task CreateTeam_WrongName_IsRefused(string arguments, string told)
    {
        await _anna.DoAsync("create_team", new { name = "Ops" });

        Assert.Contains(told, await _anna.FailAsync("create_team", arguments), StringComparison.Ordinal);
    }

    /// <summary>What others call their teams is told to nobody, also not by a refusal.</summary>
    [Fact]
    public async Task CreateTeam_NameThatSomebodyElseUses_IsMade()
    {
        await _ben.DoAsync("create_team", new { name = "Ops" });

        await _anna.DoAsync("create_team", new { name = "Ops" });

        Assert.Contains("\n1 team:\n- \"Ops\" (owner, 1 member)", (await _anna.DoAsync("get_teams")).Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ops", "Ops")]
    [InlineData("ops", "Ops")]
    [InlineData("NORTH", "Ops North")]
    [InlineData("sal", "Sales")]
    public async Task FindTeam_ExactNameElseAUniquePart_IsTheTeam(string written, string meant)
    {
        foreach (var name in new[] { "Ops", "Ops North", "Sales" })
        {
            await _anna.DoAsync("create_team", new { name });
        }

        var result = await _anna.DoAsync("add_team_member", new { team_name = written, email = "BEN@example.com" });

        Assert.Equal($"Added member \"Ben Beispiel\" (ben@example.com, member), team \"{meant}\". id: {_ben.Id}", result.Content);
    }

    [Theory]
    [InlineData("add_team_member", """{"team_name":"op","email":"ben@example.com"}""")]
    [InlineData("remove_team_member", """{"team_name":"op","email":"ben@example.com"}""")]
    [InlineData("change_member_role", """{"team_name":"op","email":"ben@example.com","new_role":"admin"}""")]
    public async Task FindTeam_PartOfSeveralNames_ListsTheChoices(string tool, string arguments)
    {
        await _anna.DoAsync("create_team", new { name = "Ops North" });
        await _anna.DoAsync("create_team", new { name = "Ops South" });
        await _ben.DoAsync("create_team", new { name = "Opera" });

        Assert.Equal("Several of your teams fit this name: \"Ops North\", \"Ops South\". Write the whole name of one.", await _anna.FailAsync(tool, arguments));
    }

    [Theory]
    [InlineData("add_team_member", """{"team_name":"NAME","email":"carl@example.com"}""")]
    [InlineData("remove_team_member", """{"team_name":"NAME","email":"ben@example.com"}""")]
    [InlineData("change_member_role", """{"team_name":"NAME","email":"ben@example.com","new_role":"admin"}""")]
    public async Task FindTeam_ForeignOrUnknownName_IsTheSameError(string tool, string arguments)
    {
        await _ben.DoAsync("create_team", new { name = "Secret" });
        var inNone = await Task.WhenAll(_anna.FailAsync(tool, arguments.Replace("NAME", "Secret", StringComparison.Ordinal)), _anna.FailAsync(tool, arguments.Replace("NAME", "Nothing", StringComparison.Ordinal)));
        await _anna.DoAsync("create_team", new { name = "Ops" });
        var inOne = await Task.WhenAll(_anna.FailAsync(tool, arguments.Replace("NAME", "Secret", StringComparison.Ordinal)), _anna.FailAsync(tool, arguments.Replace("NAME", "Nothing", StringComparison.Ordinal)));

        Assert.All(inNone, told => Assert.Equal("You are in no team.", told));
        Assert.All(inOne, told => Assert.Equal("You are in no team of this name. Your teams are: \"Ops\".", told));
    }

    [Fact]
    public async Task TeamId_ForeignOrUnknown_IsTheSameError()
    {
        var foreign = Text(await _ben.DoAsync("create_team", new { name = "Secret" }), "id");

        foreach (var id in new[] { foreign, Guid.NewGuid().ToString() })
        {
            Assert.Equal("There is no team with this id.", await _anna.FailAsync("get_team_members", new { team_id = id }));
            Assert.Equal("There is no team with this id.", await _anna.FailAsync("create_team_todo", new { title = "x", team_id = id }));
            Assert.Equal("There is no team with this id.", await _anna.FailAsync("create_todo", new { title = "x", team_id = id }));
        }

        Assert.DoesNotContain("\"x\"", (await _ben.DoAsync("get_todos")).Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("get_team_members", """{"team_id":"ops"}""", "team_id")]
    [InlineData("get_team_members", """{}""", "team_id")]
    [InlineData("create_team_todo", """{"title":"x"}""", "team_id")]
    [InlineData("create_team_todo", """{"title":"x","team_id":7}""", "team_id")]
    [InlineData("add_team_member", """{"team_name":"Ops"}""", "email")]
    [InlineData("add_team_member", """{"team_name":"Ops","email":"ben@example.com","role":"king"}""", "role")]
    [InlineData("add_team_member", """{"team_name":"Ops","email":""}""", "The email must not be blank.")]
    [InlineData("add_team_member", """{"team_name":"","email":"ben@example.com"}""", "The team name must not be blank.")]
    [InlineData("add_team_member", """{"team_name":"Ops","email":"nobody@example.com"}""", NoAccount)]
    [InlineData("add_team_member", """{"team_name":"Ops","email":"anna@example.com"}""", "\"Anna Muster\" is in this team already.")]
    [InlineData("remove_team_member", """{"email":"ben@example.com"}""", "team_name")]
    [InlineData("change_member_role", """{"team_name":"Ops","email":"anna@example.com"}""", "new_role")]
    [InlineData("change_member_role", """{"team_name":"Ops","email":"anna@example.com","new_role":1}""", "new_role")]
    [InlineData("search_users", """{}""", "search_term")]
    [InlineData("search_users", """{"search_term":["a"]}""", "search_term")]
    [InlineData("search_users", """{"search_term":"  "}""", "The search term must not be blank.")]
    public async Task Call_WrongArguments_IsOneSentenceThatNamesThem(string tool, string arguments, string told)
    {
        await _anna.DoAsync("create_team", new { name = "Ops" });

        Assert.Contains(told, await _anna.FailAsync(tool, arguments), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("remove_team_member")]
    [InlineData("change_member_role")]
    public async Task FindMember_NotInTheTeam_IsTheSameErrorWhetherOrNotThereIsAnAccount(string tool)
    {
        await _anna.DoAsync("create_team", new { name = "Ops" });

        foreach (var email in new[] { "carl@example.com", "nobody@example.com" })
        {
            Assert.Equal("Nobody in this team has this e-mail address.", await _anna.FailAsync(tool, Arguments(tool, email)));
        }

        static object Arguments(string tool, string email) =>
            tool == "change_member_role" ? new { team_name = "Ops", email, new_role = "admin" } : new { team_name = "Ops", email };
    }

    [Fact]
    public async Task TeamTodo_ForAMember_IsInEverybodysListButNobodyElses()
    {
        var team = await _store.AddTeamAsync("Ops", (_anna, TeamRole.Owner), (_ben, TeamRole.Member));

        var made = await _anna.DoAsync("create_team_todo", new { title = "on-call", team_id = team, priority = "urgent", assignee_id = _ben.Id, due_date = "2026-12-01" });

        Assert.Equal($"Created todo \"on-call\", due 2026-12-01, team \"Ops\", assigned to \"Ben Beispiel\". id: {Text(made, "id")}", made.Content);
        Assert.Equal((team.ToString(), "Ops", "Ben Beispiel"), (Text(made, "team_id"), Text(made, "team"), Text(made, "assignee")));
        Assert.Contains("- \"on-call\" (open, urgent, due 2026-12-01, team \"Ops\", assigned to \"Ben Beispiel\")", (await _ben.DoAsync("get_todos")).Content, StringComparison.Ordinal);
        Assert.Contains("No todos.", (await _carl.DoAsync("get_todos")).Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Assign_OutsideTheTeamOrToAViewer_IsRefused()
    {
        var team = await _store.AddTeamAsync("Ops", (_anna, TeamRole.Owner), (_ben, TeamRole.Viewer));

        Assert.Equal("The assignee is a viewer of this team, and viewers only read.", await _anna.FailAsync("create_team_todo", new { title = "x", team_id = team, assignee_id = _ben.Id }));
        foreach (var id in new[] { _carl.Id, Guid.NewGuid() })
        {
            Assert.Equal("The assignee is not in this team.", await _anna.FailAsync("create_team_todo", new { title = "x", team_id = team, assignee_id = id }));
            Assert.Equal("The assignee is in none of your teams.", await _anna.FailAsync("create_todo", new { title = "x", assignee_id = id }));
        }
    }

    [Fact]
    public async Task RemoveMember_WhoHasTodosOfTheTeam_LosesThemAndTheTeam()
    {
        var team = await _store.AddTeamAsync("Ops", (_anna, TeamRole.Owner), (_ben, TeamRole.Member));
        await _anna.DoAsync("create_team_todo", new { title = "assigned", team_id = team, assignee_id = _ben.Id });
        await _ben.DoAsync("create_team_todo", new { title = "written", team_id = team });

        var result = await _anna.DoAsync("remove_team_member", new { team_name = "Ops", email = "ben@example.com" });

        Assert.Equal($"Removed member \"Ben Beispiel\" (ben@example.com, member), team \"Ops\". id: {_ben.Id}", result.Content);
        Assert.Contains("No todos.", (await _ben.DoAsync("get_todos")).Content, StringComparison.Ordinal);
        Assert.Contains("- \"assigned\" (open, medium, team \"Ops\") id:", (await _anna.DoAsync("get_todos")).Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangeRole_OfAMember_IsTheNewRole()
    {
        await _store.AddTeamAsync("Ops", (_anna, TeamRole.Owner), (_ben, TeamRole.Member));

        var result = await _anna.DoAsync("change_member_role", new { team_name = "Ops", email = "ben@example.com", new_role = "admin" });

        Assert.Equal($"Updated member \"Ben Beispiel\" (ben@example.com, admin), team \"Ops\". id: {_ben.Id}", result.Content);
        Assert.Contains("- \"Ops\" (admin, 2 members)", (await _ben.DoAsync("get_teams")).Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LastOwner_Always_Stays()
    {
        await _store.AddTeamAsync("Ops", (_anna, TeamRole.Owner), (_ben, TeamRole.Admin));
        const string Told = "A team needs an owner. Make somebody else an owner first.";

        Assert.Equal(Told, await _anna.FailAsync("remove_team_member", new { team_name = "Ops", email = "anna@example.com" }));
        Assert.Equal(Told, await _anna.FailAsync("change_member_role", new { team_name = "Ops", email = "anna@example.com", new_role = "admin" }));
        await _anna.DoAsync("change_member_role", new { team_name = "Ops", email = "ben@example.com", new_role = "owner" });
        await _anna.DoAsync("change_member_role", new { team_name = "Ops", email = "anna@example.com", new_role = "viewer" });
        await _anna.DoAsync("remove_team_member", new { team_name = "Ops", email = "anna@example.com" });
        Assert.Equal(Told, await _ben.FailAsync("remove_team_member", new { team_name = "Ops", email = "ben@example.com" }));
    }

    [Fact]
    public async Task SearchUsers_PartOfAName_FindsOnlyPeopleOfTheUsersTeams()
    {
        await _store.AddTeamAsync("Ops", (_anna, TeamRole.Owner), (_ben, TeamRole.Viewer));
        await _store.AddTeamAsync("Others", (_ben, TeamRole.Owner), (_carl, TeamRole.Viewer));

        Assert.Contains($"\n1 person:\n- \"Ben Beispiel\" (ben@example.com) id: {_ben.Id}\n", (await _anna.DoAsync("search_users", new { search_term = "BEIS" })).Content, StringComparison.Ordinal);
        Assert.Contains("\nNo people.\n", (await _anna.DoAsync("search_users", new { search_term = "carl" })).Content, StringComparison.Ordinal);
        Assert.Contains("\nNo people.\n", (await _anna.DoAsync("search_users", new { search_term = "carl@example" })).Content, StringComparison.Ordinal);
        Assert.Contains("- \"Carl\" (carl@example.com) id:", (await _anna.DoAsync("search_users", new { search_term = "Carl@Example.com" })).Content, StringComparison.Ordinal);
        Assert.Contains("\n2 people:\n", (await _anna.DoAsync("search_users", new { search_term = "example.com" })).Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SearchUsers_MoreThanTen_GivesTen()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => _store.AddUserAsync($"Dora{n:00} Muster")));
        await _store.AddTeamAsync("Ops", [(_anna, TeamRole.Owner), .. people.Select(person => (person, TeamRole.Member))]);

        Assert.Equal(10, (await _anna.DoAsync("search_users", new { search_term = "dora" })).Data!.Value.GetArrayLength());
    }

    private static string Text(ToolResult result, string property) => result.Data!.Value.GetProperty(property).GetString()!;
}
