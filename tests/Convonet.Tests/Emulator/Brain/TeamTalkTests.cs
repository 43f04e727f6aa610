namespace Convonet.Tests.Emulator.Brain;

/// <summary>Teams and people.</summary>
public sealed class TeamTalkTests
{
    private static readonly string Teams = Talk.List("teams", "teams", "- \"Ops\" (owner, 3 members) id: ops\n- \"Night Shift\" (viewer, 1 member) id: night\n- \"Day Shift\" (member, 2 members) id: day");

    private static readonly string Members = Talk.List(
        "teams", "people", "- \"Max Muster\" (max@example.com, owner) id: u1\n- \"Anna Muster\" (anna@example.com, member) id: u2\n- \"Anna Other\" (other@example.com, viewer) id: u3");

    [Theory]
    [InlineData("Create a team called Ops", """create_team{"name":"Ops"}""")]
    [InlineData("create the Ops team", """create_team{"name":"Ops"}""")]
    [InlineData("Make a new team named \"Night Shift\"", """create_team{"name":"Night Shift"}""")]
    [InlineData("What teams am I in?", "get_teams{}")]
    [InlineData("show my teams", "get_teams{}")]
    [InlineData("Who is in Ops?", "get_teams{}")]
    [InlineData("list the members of the Ops team", "get_teams{}")]
    [InlineData("Add anna@example.com to Ops as admin", """add_team_member{"team_name":"Ops","email":"anna@example.com","role":"admin"}""")]
    [InlineData("add anna@example.com as a viewer to the Ops team", """add_team_member{"team_name":"Ops","email":"anna@example.com","role":"viewer"}""")]
    [InlineData("Invite anna@example.com to Ops", """add_team_member{"team_name":"Ops","email":"anna@example.com"}""")]
    [InlineData("invite Anna to the Ops team", """search_users{"search_term":"Anna"}""")]
    [InlineData("Remove anna@example.com from Ops", """remove_team_member{"team_name":"Ops","email":"anna@example.com"}""")]
    [InlineData("Make anna@example.com viewer in Ops", """change_member_role{"team_name":"Ops","email":"anna@example.com","new_role":"viewer"}""")]
    [InlineData("promote anna@example.com to administrator in the Ops team", """change_member_role{"team_name":"Ops","email":"anna@example.com","new_role":"admin"}""")]
    [InlineData("change anna@example.com's role in Ops to member", """change_member_role{"team_name":"Ops","email":"anna@example.com","new_role":"member"}""")]
    [InlineData("Add write report to the Ops list", "get_teams{}")]
    [InlineData("Create a todo for team Ops: write report", "get_teams{}")]
    [InlineData("Find user anna", """search_users{"search_term":"anna"}""")]
    [InlineData("search for people called Anna Muster", """search_users{"search_term":"Anna Muster"}""")]
    [InlineData("Who is anna@example.com?", """search_users{"search_term":"anna@example.com"}""")]
    [InlineData("What is on the Ops list?", "get_todos{}")]
    public void Answer_Teams_CallsTool(string sentence, string call) => Assert.Equal([call], Talk.CallsFor(sentence));

    [Theory]
    [InlineData("add team building to my list", "create_todo")]
    [InlineData("add buy a gift for the Ops team to my list", "create_todo")]
    [InlineData("set up a team lunch on Friday", "create_calendar_event")]
    [InlineData("remove milk from my list", "get_todos")]
    [InlineData("add pizza with the team to my calendar tomorrow at noon", "create_calendar_event")]
    public void Answer_OnlySoundsLikeTeams_CallsWhatIsMeant(string sentence, string tool) =>
        Assert.Equal(tool, Talk.CallsFor(sentence).Single().Split('{')[0]);

    [Theory]
    [InlineData("Add write report to the Ops list", """{"title":"write report","team_id":"ops"}""")]
    [InlineData("Create a todo for team ops: write report", """{"title":"write report","team_id":"ops"}""")]
    [InlineData("Create a team todo for night: write report by Friday", """{"title":"write report","team_id":"night","due_date":"2026-11-27"}""")]
    [InlineData("Add an urgent todo for the Ops team: write report", """{"title":"write report","team_id":"ops","priority":"urgent"}""")]
    public void Answer_TeamTodo_FindsTheTeamFirst(string sentence, string arguments)
    {
        var talk = new Talk().User(sentence).Results(Teams);

        Assert.Equal(["create_team_todo" + arguments], talk.Calls());
        Assert.StartsWith("Done: \"write report\" is on the list of ", talk.Results("Created todo \"write report\", team \"Ops\". id: 9").Text());
    }

    [Fact]
    public void Answer_TodoForAMember_FindsTeamAndPerson()
    {
        var talk = new Talk().User("Assign write report to Anna Muster in Ops").Results(Teams);

        Assert.Equal(["""get_team_members{"team_id":"ops"}"""], talk.Calls());
        Assert.Equal(["""create_team_todo{"title":"write report","team_id":"ops","assignee_id":"u2"}"""], talk.Results(Members).Calls());
        Assert.Equal("Done: \"write report\" is on the list of Ops, for Anna Muster.", talk.Results("Created todo \"write report\". id: 9").Text());
    }

    [Fact]
    public void Answer_TodoForMe_FindsTheUser() => Assert.Equal(
        ["""create_team_todo{"title":"write report","team_id":"ops","assignee_id":"u9"}"""],
        new Talk().User("Assign write report to me in Ops").Results(Teams).Results("1 member:\n- \"Zoë \\\"Z\\\"\" (owner) id: u9").Calls());

    [Theory]
    [InlineData("Remove Zoë from Ops", "Zoë has no e-mail address, which the tool wants.")]
    [InlineData("Make Zoë viewer in Ops", "Zoë has no e-mail address, which the tool wants.")]
    public void Answer_MemberWithoutAddress_SaysSo(string sentence, string answer)
    {
        var talk = new Talk().User(sentence).Results(Teams).Results("1 member:\n- \"Zoë\" (owner) id: u9");

        Assert.Empty(talk.Calls());
        Assert.Equal(answer, talk.Text());
    }

    [Theory]
    [InlineData("Add write report to the Shift list", "Which team do you mean: Night Shift or Day Shift?")]
    [InlineData("Add write report to the Sales list", "You are in no team called \"Sales\". There is Ops, Night Shift and Day Shift.")]
    public void Answer_TeamIsNotClear_Asks(string sentence, string answer)
    {
        var talk = new Talk().User(sentence).Results(Teams);

        Assert.Empty(talk.Calls());
        Assert.Equal(answer, talk.Text());
    }

    [Fact]
    public void Answer_Members_Named()
    {
        var talk = new Talk().User("Who is in Ops?").Results(Teams);

        Assert.Equal(["""get_team_members{"team_id":"ops"}"""], talk.Calls());
        Assert.Equal("Three people are in Ops: Max Muster (owner), Anna Muster (member) and Anna Other (viewer).", talk.Results(Members).Text());
    }

    [Theory]
    [InlineData("Remove Max from Ops", """remove_team_member{"team_name":"Ops","email":"max@example.com"}""")]
    [InlineData("Make Anna Muster admin in Ops", """change_member_role{"team_name":"Ops","email":"anna@example.com","new_role":"admin"}""")]
    public void Answer_MemberByName_FindsTheAddress(string sentence, string call) =>
        Assert.Equal([call], new Talk().User(sentence).Results(Teams).Results(Members).Calls());

    [Theory]
    [InlineData("Remove Anna from Ops", "Which Anna do you mean: Anna Muster (anna@example.com) or Anna Other (other@example.com)?")]
    [InlineData("Remove Bob from Ops", "I found nobody called Bob in Ops. An e-mail address would help.")]
    public void Answer_MemberIsNotClear_Asks(string sentence, string answer)
    {
        var talk = new Talk().User(sentence).Results(Teams).Results(Members);

        Assert.Empty(talk.Calls());
        Assert.Equal(answer, talk.Text());
    }

    [Fact]
    public void Answer_NewMemberByName_FindsTheAddress() => Assert.Equal(
        ["""add_team_member{"team_name":"Ops","email":"anna@example.com","role":"viewer"}"""],
        new Talk().User("Add Anna to the Ops team as viewer").Results(Talk.List("people", "people", "- \"Anna Muster\" (anna@example.com) id: u2")).Calls());

    [Theory]
    [InlineData("What teams am I in?", "You are in three teams: Ops (owner, three members), Night Shift (viewer, one member) and Day Shift (member, two members).")]
    [InlineData("Create a team called Ops", "The team \"Ops\" is there, and you are its owner.", "Created team \"Ops\". id: ops")]
    [InlineData("Invite anna@example.com to Ops", "Anna Muster is in Ops now.", "Added person \"Anna Muster\" (anna@example.com, member) to team \"Ops\". id: u2")]
    [InlineData("Add anna@example.com to Ops as admin", "anna@example.com is in Ops now, as an admin.", "Done.")]
    [InlineData("Remove anna@example.com from Ops", "anna@example.com is no longer in Ops.", "Done.")]
    [InlineData("Make anna@example.com viewer in Ops", "anna@example.com is a viewer in Ops now.", "Done.")]
    [InlineData("Find user anna", "I found Anna Muster (anna@example.com).", "1 person:\n- \"Anna Muster\" (anna@example.com) id: u2")]
    [InlineData("Find user anna", "I found nobody for \"anna\".", "No people.")]
    public void Answer_TeamResult_Told(string sentence, string answer, string? result = null) =>
        Assert.Equal(answer, new Talk().User(sentence).Results(result ?? Teams).Text());

    [Theory]
    [InlineData("Remove anna@example.com from Ops", "The last owner cannot be removed.", "I could not remove anna@example.com from Ops: The last owner cannot be removed.")]
    [InlineData("Create a team called Ops", "There is a team of this name.", "I could not create the team \"Ops\": There is a team of this name.")]
    [InlineData("Remove anna@example.com from Ops", "Not run: the user said no. Do not ask for it again.", "I did not remove anna@example.com from Ops, because you said no.")]
    public void Answer_TeamToolFailed_ClaimsNothing(string sentence, string failure, string answer) =>
        Assert.Equal(answer, new Talk().User(sentence).Results(new Failed(failure)).Text());

    [Fact]
    public void Answer_NewTeamAndItsMember_OneAfterTheOther()
    {
        var talk = new Talk().User("Create a team called Ops and add anna@example.com to Ops as admin").Results("Created team \"Ops\". id: ops");

        Assert.Equal(["""add_team_member{"team_name":"Ops","email":"anna@example.com","role":"admin"}"""], talk.Calls());
        Assert.Equal("The team \"Ops\" is there, and you are its owner. anna@example.com is in Ops now, as an admin.", talk.Results("Done.").Text());
    }

    [Fact]
    public void Answer_TeamToolsNotDeclared_SaysThatThereAreNone() =>
        Assert.Equal("I have no tool here to create teams.", new Talk("get_todos").User("create a team called Ops").Text());
}
