using Convonet.Emulator.Scripts;

namespace Convonet.Tests.Emulator.Brain;

/// <summary>Sentences about todos, reminders and the clock, and small talk. The other tools have their own files.</summary>
public sealed class DemoBrainTests
{
    [Theory]
    [InlineData("Add buy milk to my list", """create_todo{"title":"buy milk"}""")]
    [InlineData("please add Buy Milk to the todo list!", """create_todo{"title":"Buy Milk"}""")]
    [InlineData("Could you put milk and eggs on my shopping list?", """create_todo{"title":"milk and eggs"}""")]
    [InlineData("Add a todo: call the dentist", """create_todo{"title":"call the dentist"}""")]
    [InlineData("Create a task to water the plants tomorrow", """create_todo{"title":"water the plants","due_date":"2026-11-23"}""")]
    [InlineData("add urgent task pay rent", """create_todo{"title":"pay rent","priority":"urgent"}""")]
    [InlineData("Add pay the rent to my list with high priority", """create_todo{"title":"pay the rent","priority":"high"}""")]
    [InlineData("Add \"Meet at noon\" to my todos", """create_todo{"title":"Meet at noon"}""")]
    [InlineData("Add renew the passport to my list as important, due Friday", """create_todo{"title":"renew the passport","priority":"high","due_date":"2026-11-27"}""")]
    [InlineData("I need to buy new shoes", """create_todo{"title":"buy new shoes"}""")]
    [InlineData("Add water plants", """create_todo{"title":"water plants"}""")]
    [InlineData("Note down call Peter", """create_todo{"title":"call Peter"}""")]
    [InlineData("Add to my list: bread", """create_todo{"title":"bread"}""")]
    [InlineData("What is on my list?", "get_todos{}")]
    [InlineData("what's on my todo list", "get_todos{}")]
    [InlineData("Show my todos", "get_todos{}")]
    [InlineData("List all my tasks please", "get_todos{}")]
    [InlineData("What do I have to do today?", "get_todos{}")]
    [InlineData("Do I have any todos left?", "get_todos{}")]
    [InlineData("Mark buy milk as done", "get_todos{}")]
    [InlineData("I finished the report", "get_todos{}")]
    [InlineData("Buy milk is done", "get_todos{}")]
    [InlineData("Tick off the second one", "get_todos{}")]
    [InlineData("Delete buy milk from my list", "get_todos{}")]
    [InlineData("Remove the last task", "get_todos{}")]
    [InlineData("Clear my list", "get_todos{}")]
    public void Answer_Todos_CallsTool(string sentence, string call) => Assert.Equal([call], Talk.CallsFor(sentence));

    [Theory]
    [InlineData("What is on my calendar tomorrow?", "2026-11-23", "2026-11-23")]
    [InlineData("what's on my calendar today", "2026-11-22", "2026-11-22")]
    [InlineData("Do I have any meetings on Friday?", "2026-11-27", "2026-11-27")]
    [InlineData("Show me my calendar for this week", "2026-11-22", "2026-11-22")]
    [InlineData("Show me my calendar for next week", "2026-11-23", "2026-11-29")]
    [InlineData("what's happening on my calendar next Friday", "2026-11-27", "2026-11-27")]
    [InlineData("Am I free tomorrow afternoon?", "2026-11-23", "2026-11-23")]
    [InlineData("Tell me what is on my calendar the day after tomorrow", "2026-11-24", "2026-11-24")]
    [InlineData("What appointments do I have on 5 December?", "2026-12-05", "2026-12-05")]
    [InlineData("What's in my diary on March 3rd?", "2027-03-03", "2027-03-03")]
    [InlineData("Is there anything on my calendar in 3 days?", "2026-11-25", "2026-11-25")]
    [InlineData("Show my calendar", "2026-11-22", "2026-11-28")]
    [InlineData("What are my events this weekend?", "2026-11-21", "2026-11-22")]
    public void Answer_CalendarQuestion_AsksForItsDays(string sentence, string from, string to) =>
        Assert.Equal([$$"""get_calendar_events{"from":"{{from}}T00:00:00","to":"{{to}}T23:59:59"}"""], Talk.CallsFor(sentence));

    [Theory]
    [InlineData("Put lunch with Ana on my calendar tomorrow at noon", "lunch with Ana", "2026-11-23T12:00:00", "2026-11-23T13:00:00")]
    [InlineData("Schedule a 30 minute call with Bob tomorrow at 10", "call with Bob", "2026-11-23T10:00:00", "2026-11-23T10:30:00")]
    [InlineData("Add gym on Monday at 6pm to my calendar for 90 minutes", "gym", "2026-11-23T18:00:00", "2026-11-23T19:30:00")]
    [InlineData("Put dentist on my calendar on Tuesday at 3pm", "dentist", "2026-11-24T15:00:00", "2026-11-24T16:00:00")]
    [InlineData("Schedule a meeting with Bob tomorrow at 15:30 for 30 minutes", "meeting with Bob", "2026-11-23T15:30:00", "2026-11-23T16:00:00")]
    [InlineData("Schedule a call with the team next Monday at 9", "call with the team", "2026-11-23T09:00:00", "2026-11-23T10:00:00")]
    [InlineData("Add yoga class to my calendar on Wednesday from 6 to 7:30 pm", "yoga class", "2026-11-25T18:00:00", "2026-11-25T19:30:00")]
    [InlineData("Create an event called Standup tomorrow at half past nine", "Standup", "2026-11-23T09:30:00", "2026-11-23T10:30:00")]
    [InlineData("Book dinner with Eva on Saturday", "dinner with Eva", "2026-11-28T19:00:00", "2026-11-28T20:00:00")]
    [InlineData("Add a meeting with Tom tomorrow morning", "meeting with Tom", "2026-11-23T09:00:00", "2026-11-23T10:00:00")]
    [InlineData("Put \"Movie: 3 at noon\" on my calendar at 8 pm tomorrow", "Movie: 3 at noon", "2026-11-23T20:00:00", "2026-11-23T21:00:00")]
    [InlineData("add coffee with Lea on 2026-12-01 at 4 p.m. to my calendar", "coffee with Lea", "2026-12-01T16:00:00", "2026-12-01T17:00:00")]
    public void Answer_NewEvent_CallsCreateEvent(string sentence, string title, string from, string to) =>
        Assert.Equal([$$"""create_calendar_event{"title":"{{title}}","event_from":"{{from}}","event_to":"{{to}}"}"""], Talk.CallsFor(sentence));

    [Theory]
    [InlineData("Remind me to call mum tomorrow at 9", """{"reminder_text":"call mum","reminder_date":"2026-11-23T09:00:00"}""")]
    [InlineData("Remind me tomorrow at 9 to call mum", """{"reminder_text":"call mum","reminder_date":"2026-11-23T09:00:00"}""")]
    [InlineData("remind me to take out the bins in 20 minutes", """{"reminder_text":"take out the bins","reminder_date":"2026-11-22T22:06:00"}""")]
    [InlineData("Set a reminder to stretch at 5 pm", """{"reminder_text":"stretch","reminder_date":"2026-11-23T17:00:00"}""")]
    [InlineData("Don't let me forget the keys", """{"reminder_text":"the keys"}""")]
    [InlineData("Remind me about the tax return on Friday", """{"reminder_text":"the tax return","reminder_date":"2026-11-27T09:00:00"}""")]
    [InlineData("Remind me to lock the door and feed the cat", """{"reminder_text":"lock the door and feed the cat"}""")]
    public void Answer_NewReminder_CallsCreateReminder(string sentence, string arguments) =>
        Assert.Equal(["create_reminder" + arguments], Talk.CallsFor(sentence));

    [Theory]
    [InlineData("What are my reminders?", "get_reminders{}")]
    [InlineData("Do I have any reminders?", "get_reminders{}")]
    [InlineData("show my reminders", "get_reminders{}")]
    [InlineData("What time is it?", "get_time{}")]
    [InlineData("What's the date today?", "get_time{}")]
    [InlineData("what day is it", "get_time{}")]
    [InlineData("tell me the time please", "get_time{}")]
    public void Answer_ReminderOrTimeQuestion_CallsTool(string sentence, string call) => Assert.Equal([call], Talk.CallsFor(sentence));

    [Theory]
    [InlineData("Add buy milk to my list and tell me what is on my calendar tomorrow", "create_todo get_calendar_events")]
    [InlineData("Hi! What time is it and what's on my list?", "get_time get_todos")]
    [InlineData("Remind me to call Ana at 5 pm, add bread to my list, then show my reminders.", "create_reminder create_todo get_reminders")]
    [InlineData("Mark milk as done and put lunch with Ana on my calendar tomorrow at noon", "get_todos create_calendar_event")]
    [InlineData("Show my todos. Also show my calendar for this week. What time is it?", "get_todos get_calendar_events get_time")]
    [InlineData("mark milk as done and delete bread from my list", "get_todos")]
    [InlineData("Create a team called Ops and add anna@example.com to Ops as admin", "create_team")]
    [InlineData("Add milk to my list and make it urgent", "create_todo")]
    [InlineData("Move lunch with Sam to 1 pm and what teams am I in?", "get_calendar_events get_teams")]
    [InlineData("Add \"show my list and my calendar\" to my list", "create_todo")]
    [InlineData("What time is it and what's the date today?", "get_time")]
    [InlineData("Show me my todos and my teams", "get_todos get_teams")]
    public void Answer_SeveralRequests_CallsInParallel(string sentence, string tools) =>
        Assert.Equal(tools, string.Join(' ', Talk.CallsFor(sentence).Select(call => call.Split('{')[0])));

    [Theory]
    [InlineData("hello", "Good evening!")]
    [InlineData("Hey there!", "Good evening!")]
    [InlineData("thanks a lot", "You're welcome!")]
    [InlineData("How are you?", "rules are in good order")]
    [InlineData("Who are you?", "offline demo model")]
    [InlineData("Are you a language model?", "not a language model")]
    [InlineData("are you ChatGPT?", "not a language model")]
    [InlineData("Tell me a joke", "?")]
    [InlineData("help", "I can keep your todos")]
    [InlineData("What can you do?", "I can keep your todos")]
    [InlineData("Tell me a short story", "Once there was")]
    [InlineData("goodbye", "Goodbye!")]
    [InlineData("you're great", "That is kind of you")]
    [InlineData("What's the weather like in Paris?", "I have no tool here to look up the weather.")]
    [InlineData("Delete the Ops team", "I have no tool here to delete a team.")]
    [InlineData("Set a timer for five minutes", "I can remind you")]
    [InlineData("Invite Bob to lunch on Friday", "I have no tool here to send messages")]
    [InlineData("Who am I?", "You are called Zoë \"Z\", as far as I know.")]
    [InlineData("Undo that", "I have no tool here to undo things")]
    [InlineData("Remind me every day at 9 to take pills", "an event can")]
    [InlineData("Delete it", "I am not sure what you mean.")]
    [InlineData("Send an email to Bob", "I have no tool here to send messages")]
    [InlineData("Who was Ada Lovelace?", "I have no tool here to look things up")]
    [InlineData("flurbel the grommit", "I did not understand that.")]
    [InlineData("", "I did not understand that.")]
    public void Answer_SmallTalk_SaysWithoutTools(string sentence, string expected)
    {
        var talk = new Talk().User(sentence);

        Assert.Empty(talk.Calls());
        Assert.Contains(expected, talk.Text());
    }

    [Fact]
    public void Answer_NotUnderstood_GivesExamplesThatItUnderstands()
    {
        var text = new Talk().User("flurbel").Text();

        var examples = text.Split('"').Where((_, i) => i % 2 == 1).ToList();
        Assert.InRange(examples.Count, 2, 3);
        Assert.All(examples, example => Assert.NotEmpty(Talk.CallsFor(example)));
    }

    [Fact]
    public void Answer_TwoCalls_SpeaksBeforeAndAfterThem()
    {
        var steps = new Talk().User("Add buy milk to my list and tell me what is on my calendar tomorrow").Steps();

        Assert.Collection(
            steps,
            step => Assert.IsType<ScriptStep.SayStep>(step),
            step => Assert.IsType<ScriptStep.CallStep>(step),
            step => Assert.IsType<ScriptStep.CallStep>(step),
            step => Assert.IsType<ScriptStep.SayStep>(step));
    }

    [Fact]
    public void Answer_TwoResults_SpeaksOfBoth()
    {
        var text = new Talk().User("Add buy milk to my list and tell me what is on my calendar tomorrow")
            .Results(
                new { id = "7", title = "buy milk", completed = false },
                new { events = new[] { new { id = "1", title = "dentist", event_from = "2026-11-23T15:30:00" }, new { id = "2", title = "standup", event_from = "2026-11-23T09:00:00" } } })
            .Text();

        Assert.Equal("Done: \"buy milk\" is on your list. Tomorrow you have standup at 9:00 and dentist at 15:30.", text);
    }

    [Fact]
    public void Answer_Complete_FindsTheTodoFirst()
    {
        var todos = new[] { new { id = 4, title = "Call mum", completed = false }, new { id = 9, title = "Buy some milk", completed = false } };
        var talk = new Talk().User("mark buy milk as done").Results(new { todos });

        Assert.Equal(["""complete_todo{"id":"9"}"""], talk.Calls());
        Assert.Equal("I ticked off \"Buy some milk\".", talk.Results(new { id = 9, completed = true }).Text());
    }

    [Fact]
    public void Answer_CompleteUnknownTodo_SaysWhatThereIs() =>
        Assert.Equal(
            "I could not find \"feed the cat\" on your list. There is \"Call mum\".",
            new Talk().User("mark feed the cat as done").Results((object)new[] { new { id = "4", title = "Call mum" } }).Text());

    [Fact]
    public void Answer_DeleteByPlaceAndAll_PicksTodos()
    {
        var todos = new[] { new { id = "a", title = "one" }, new { id = "b", title = "two" }, new { id = "c", title = "three" } };

        Assert.Equal(["""delete_todo{"id":"c"}"""], new Talk().User("delete the last one").Results((object)todos).Calls());
        Assert.Equal(3, new Talk().User("clear my list").Results((object)todos).Calls().Length);
    }

    [Theory]
    [InlineData("""{"error":"The store is closed."}""")]
    [InlineData("""{"error":{"message":"The store is closed"}}""")]
    [InlineData("\"Error: The store is closed.\"")]
    public void Answer_ToolFailed_SaysSoInPlainWords(string result) =>
        Assert.Equal(
            "I could not add \"buy milk\" to your list: The store is closed.",
            new Talk().User("add buy milk to my list").Results(System.Text.Json.JsonElement.Parse(result)).Text());

    [Theory]
    [InlineData("Not run: the user said no. Do not ask for it again.", "I did not add \"buy milk\" to your list, because you said no.")]
    [InlineData("Not run: the user did not allow it within 60 s.", "I did not add \"buy milk\" to your list, because you did not allow it in time.")]
    [InlineData("create_todo did not finish within 6 s.", "I could not add \"buy milk\" to your list: create_todo did not finish within 6 s.")]
    [InlineData("It is not known whether create_todo took effect: the store does not answer. Do not repeat it.", "I tried to add \"buy milk\" to your list, but nobody can tell whether it worked. Please look before you ask again.")]
    public void Answer_CallFailed_SaysWhy(string content, string answer) =>
        Assert.Equal(answer, new Talk().User("add buy milk to my list").Results(new Failed(content)).Text());

    [Fact]
    public void Answer_TextList_NamesOpenOnes() =>
        Assert.Equal(
            "You have three things on your list: a \"quoted\" thing, rent (tomorrow, urgent) and report (Ops). One thing is already done.",
            new Talk().User("what's on my list?").Results(Talk.Todos(
                """
                - "a \"quoted\" thing" (open, medium) id: 1
                - "rent" (open, urgent, due 2026-11-23) id: 2
                - "report" (open, medium, team "Ops") id: 3
                - "old" (done, low) id: 4
                """)).Text());

    [Fact]
    public void Answer_ListOfTodos_NamesOpenOnes() =>
        Assert.Equal(
            "You have two things on your list: milk and rent (tomorrow). One thing is already done.",
            new Talk().User("what's on my list?").Results(new
            {
                result = new object[]
                {
                    new { id = 1, title = "milk", completed = false }, new { id = 2, title = "rent", due_date = "2026-11-23" }, new { id = 3, title = "old", completed = true },
                },
            }).Text());

    [Fact]
    public void Answer_Reminders_NamesThoseToCome() => Assert.Equal(
        "You have one reminder: stretch (tomorrow at 17:00). One is over.",
        new Talk().User("what are my reminders").Results(Talk.List(
            "reminders", "reminders", "- \"stretch\" (high, at 2026-11-23T17:00) id: 1\n- \"call Anna\" (high, at 2026-11-20T17:00, delivered) id: 2")).Text());

    [Fact]
    public void Answer_ToolNotDeclared_SaysThatThereIsNone()
    {
        var talk = new Talk("get_time").User("Add milk to my list");

        Assert.Empty(talk.Calls());
        Assert.Equal("I have no tool here to add todos.", talk.Text());
    }

    [Fact]
    public void Answer_TimeWithoutTool_UsesThePrompt() =>
        Assert.Equal("It is 21:46 on Sunday, 22 November 2026.", new Talk("create_todo").User("What time is it?").Text());

    [Fact]
    public void Answer_Jokes_ChangeFromTurnToTurn()
    {
        var first = new Talk().User("tell me a joke").Text();

        Assert.NotEqual(first, new Talk().User("tell me a joke").User("another joke please").Text());
    }
}
