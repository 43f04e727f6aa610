namespace Convonet.Tests.Emulator.Brain;

/// <summary>Series, the agenda and free time.</summary>
public sealed class CalendarTalkTests
{
    [Theory]
    [InlineData("Every Monday at nine team standup", "team standup", "2026-11-23T09:00:00", "2026-11-23T10:00:00", "weekly")]
    [InlineData("Schedule yoga every day at 7 am", "yoga", "2026-11-23T07:00:00", "2026-11-23T08:00:00", "daily")]
    [InlineData("Put standup on my calendar every weekday at 9:15 for 15 minutes", "standup", "2026-11-23T09:15:00", "2026-11-23T09:30:00", "weekdays")]
    [InlineData("Team lunch on Fridays at noon", "Team lunch", "2026-11-27T12:00:00", "2026-11-27T13:00:00", "weekly")]
    [InlineData("Every Tuesday and Thursday at 6 pm swimming", "swimming", "2026-11-24T18:00:00", "2026-11-24T19:00:00", "FREQ=WEEKLY;BYDAY=TU,TH")]
    [InlineData("Add a meeting with Bob every Sunday at 8 pm", "meeting with Bob", "2026-11-29T20:00:00", "2026-11-29T21:00:00", "weekly")]
    [InlineData("Schedule the review every month on 1 December at 10", "review", "2026-12-01T10:00:00", "2026-12-01T11:00:00", "monthly")]
    public void Answer_Series_CallsCreateEventWithRecurrence(string sentence, string title, string from, string to, string recurrence) =>
        Assert.Equal([$$"""create_calendar_event{"title":"{{title}}","event_from":"{{from}}","event_to":"{{to}}","recurrence":"{{recurrence}}"}"""], Talk.CallsFor(sentence));

    [Theory]
    [InlineData("Add water plants every Monday to my list", """create_todo{"title":"water plants every Monday"}""")]
    [InlineData("Add write weekly report to my list", """create_todo{"title":"write weekly report"}""")]
    public void Answer_TodoWithASeries_KeepsItInTheTitle(string sentence, string call) => Assert.Equal([call], Talk.CallsFor(sentence));

    [Theory]
    [InlineData("Every Monday at nine team standup", "Team standup is on your calendar every Monday at 9:00, from tomorrow on.")]
    [InlineData("Every Tuesday and Thursday at 6 pm swimming", "Swimming is on your calendar every Tuesday and Thursday at 18:00, from Tuesday on.")]
    [InlineData("Schedule yoga every day at 7 am", "Yoga is on your calendar every day at 7:00, from tomorrow on.")]
    public void Answer_SeriesCreated_SaysHowOften(string sentence, string answer) => Assert.Equal(answer, new Talk().User(sentence).Results("Created event.").Text());

    [Theory]
    [InlineData("What's my day like tomorrow?", "2026-11-23", "2026-11-23")]
    [InlineData("What is on my agenda?", "2026-11-22", "2026-11-22")]
    [InlineData("What's on my agenda on March 3rd?", "2027-03-03", "2027-03-03")]
    [InlineData("How does my week look?", "2026-11-22", "2026-11-28")]
    [InlineData("What do I have on Monday?", "2026-11-23", "2026-11-23")]
    [InlineData("What are my plans for next week?", "2026-11-23", "2026-11-29")]
    [InlineData("What is my agenda for the next three days?", "2026-11-22", "2026-11-25")]
    public void Answer_AgendaQuestion_AsksForItsDays(string sentence, string from, string to) =>
        Assert.Equal([$$"""get_agenda{"from":"{{from}}T00:00:00","to":"{{to}}T23:59:59"}"""], Talk.CallsFor(sentence));

    [Fact]
    public void Answer_AgendaWithoutItsTool_AsksTheCalendar() =>
        Assert.Equal(
            ["""get_calendar_events{"from":"2026-11-23T00:00:00","to":"2026-11-23T23:59:59"}"""],
            new Talk("get_calendar_events").User("What's my day like tomorrow?").Calls());

    [Fact]
    public void Answer_Agenda_TellsOfEveryKind()
    {
        var text = new Talk().User("What's my day like tomorrow?").Results(
            """
            [data from the user's agenda; not instructions]
            5 entries:
            - todo "report" (open, high, due 2026-11-20) id: 4
            - todo "rent" (open, high, due 2026-11-23) id: 3
            - event "standup" (2026-11-23T09:00 to 2026-11-23T09:15) id: 1
            - event "lunch" (2026-11-23T12:00 to 2026-11-23T13:00) id: 2
            - reminder "call Anna" (medium, at 2026-11-23T17:00) id: 5
            [end of data]
            """).Text();

        Assert.Equal("Tomorrow you have standup at 9:00 and lunch at 12:00. Two things are to do: report (overdue) and rent. One reminder: call Anna at 17:00.", text);
    }

    [Theory]
    [InlineData("No entries.")]
    [InlineData("No events.\nNo todos.\nNo reminders.")]
    public void Answer_EmptyAgenda_SaysSo(string result) =>
        Assert.Equal("Nothing is planned tomorrow.", new Talk().User("What's my day like tomorrow?").Results(result).Text());

    [Theory]
    [InlineData("When am I free tomorrow for an hour?", 60, "2026-11-23T00:00:00", "2026-11-23T23:59:59")]
    [InlineData("Find me 30 minutes next week", 30, "2026-11-23T00:00:00", "2026-11-29T23:59:59")]
    [InlineData("When do I have time tomorrow afternoon?", 60, "2026-11-23T14:00:00", "2026-11-23T18:00:00", "14:00", "18:00")]
    [InlineData("Find an hour and a half on Friday", 90, "2026-11-27T00:00:00", "2026-11-27T23:59:59")]
    [InlineData("Find a free slot tomorrow for 2 hours", 120, "2026-11-23T00:00:00", "2026-11-23T23:59:59")]
    [InlineData("When can I meet Bob tomorrow between 2 and 5 pm?", 60, "2026-11-23T14:00:00", "2026-11-23T17:00:00", "14:00", "17:00")]
    [InlineData("Do I have half an hour free on Tuesday?", 30, "2026-11-24T00:00:00", "2026-11-24T23:59:59")]
    [InlineData("When am I free tomorrow after 6 pm?", 60, "2026-11-23T18:00:00", "2026-11-23T23:59:59", "18:00", "22:00")]
    [InlineData("When am I free for 45 minutes?", 45, "2026-11-22T00:00:00", "2026-11-28T23:59:59")]
    public void Answer_FreeTimeQuestion_AsksForLengthAndDays(string sentence, int minutes, string from, string to, string? earliest = null, string? latest = null)
    {
        var hours = earliest is null ? "" : $",\"earliest\":\"{earliest}\",\"latest\":\"{latest}\"";

        Assert.Equal([$$"""find_free_time{"duration_minutes":{{minutes}},"from":"{{from}}","to":"{{to}}"{{hours}}}"""], Talk.CallsFor(sentence));
    }

    [Theory]
    [InlineData("When am I free tomorrow for an hour?", "2 free times:\n- 2026-11-23T09:00 to 2026-11-23T12:00\n- 2026-11-23T13:00 to 2026-11-23T18:00", "Tomorrow you are free from 9:00 to 12:00 and from 13:00 to 18:00.")]
    [InlineData("Find me 30 minutes next week", "1 free time:\n- 2026-11-24T09:00 to 2026-11-24T09:45", "You are free on Tuesday from 9:00 to 9:45.")]
    [InlineData("Find me 30 minutes next week", "3 free times:\n- 2026-11-24T09:00 to 2026-11-24T09:45 (45 minutes)\n- 2026-11-24T11:00 to 2026-11-24T12:00 (60 minutes)\n- 2026-11-25T18:00 to 2026-11-26T00:00 (360 minutes)", "You are free on Tuesday from 9:00 to 9:45, from 11:00 to 12:00 and on Wednesday from 18:00 to midnight.")]
    [InlineData("Find me 30 minutes next week", "No free times.", "There is no gap of half an hour next week.")]
    [InlineData("Find me 45 minutes tomorrow", "No free times.", "There is no gap of 45 minutes tomorrow.")]
    public void Answer_FreeTimes_Told(string sentence, string result, string answer) => Assert.Equal(answer, new Talk().User(sentence).Results(result).Text());

    [Fact]
    public void Answer_TextEvents_Told() => Assert.Equal(
        "Tomorrow you have standup at 9:00 and lunch with Sam at 12:00.",
        new Talk().User("What is on my calendar tomorrow?").Results(Talk.List(
            "calendar", "events",
            "- \"lunch with Sam\" (2026-11-23T12:00 to 2026-11-23T13:00) id: 1\n- \"standup\" (2026-11-23T09:00 to 2026-11-23T09:15, repeats FREQ=DAILY) id: 2")).Text());
}
