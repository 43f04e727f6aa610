namespace Convonet.Speech.Recognition.Pocketsphinx;

/// <summary>What people say to the product's tools: phrases for the language model. They weigh the words, they are no grammar.</summary>
/// <remarks>
/// The model looks at three words at a time, so every two parts that meet are combined, never three: else the many dates and times would outweigh
/// a "thank you".
/// </remarks>
internal static class TaskSentences
{
    // Short things are said often, and stand in few sentences.
    private const int Often = 20;
    private const int Sometimes = 4;

    private static readonly string[] Things = Split(
        "buy milk|buy bread|buy eggs|buy oat milk|call the dentist|call mom|pay the electricity bill|pay the rent|book a flight to london|book a flight to berlin|book a hotel|" +
        "finish the quarterly report|clean the kitchen|water the plants|walk the dog|write the report|review the contract|send the invoice|pick up the package|" +
        "renew my passport|fix the car|stretch|call anna|order lunch");

    private static readonly string[] Days = Split(
        "today|tomorrow|tomorrow morning|tomorrow afternoon|tonight|this evening|on monday|on tuesday|on wednesday|on thursday|on friday|on saturday|on sunday|this week|" +
        "next week|next monday|next friday");

    private static readonly string[] Times =
    [
        .. from hour in Split("one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve")
           from minute in Split("| thirty| fifteen| forty five")
           from half in Split(" am| pm| o'clock|")
           select $"{hour}{minute}{half}",
        "noon", "midnight",
    ];

    private static readonly string[] People = Split("anna|peter|john|mary|david|sarah|sam|the team|my boss|the doctor|the dentist");
    private static readonly string[] Lists = Split("my todo list|my list|my tasks|my todos|my shopping list|the list|the operations list|the team list");
    private static readonly string[] Events = Split("a calendar event|an event|a meeting|a team meeting|an appointment|a call|lunch with sam|lunch with anna|a team standup");

    private static readonly string[] Lengths =
    [
        .. from number in Split("one|two|three|five|ten|fifteen|twenty|thirty|forty five|an|half an") from unit in Split("minutes|hours|hour|days") select $"{number} {unit}",
    ];

    private static readonly string[] Teams = Split("operations|ops|sales|marketing|design|family|support|engineering");
    private static readonly string[] Roles = Split("a viewer|a member|an admin|an owner");

    private static readonly string[] Phrases = Split(
        "what time is it|what is my next appointment|when is my next meeting|how many tasks do i have|how many meetings do i have today|stop|cancel|cancel that|yes|no|yes please|" +
        "no thanks|yes please go ahead|go ahead|thank you|thanks|never mind|help|what can you do|repeat that|continue|wait|undo that|undo|hello|goodbye|what teams do i have|" +
        "what is my day like|make it urgent|when is it due|which teams am i in|what are my reminders|show my reminders|delete all my reminders|read my reminders");

    /// <summary>All sentences, in small letters; those that are said more often come more often.</summary>
    internal static IEnumerable<string> All() =>
    [
        .. Todos(), .. Reminders(), .. CalendarChanges(), .. CalendarQuestions(), .. TeamWork(),
        .. Repeat(Often, Phrases),
    ];

    private static IEnumerable<string> Todos() =>
    [
        .. from thing in Things from list in Lists from verb in Split("add {0} to|put {0} on|remove {0} from|delete {0} from") select $"{Fill(verb, thing)} {list}",
        .. Repeat(Sometimes, from thing in Things from form in Split(
            "mark {0} as done|mark {0} as complete|complete {0}|i finished {0}|delete {0}|make {0} urgent|rename {0} to buy bread|add a task to {0}|move {0} to tomorrow|move {0} to friday")
                             select Fill(form, thing)),
        .. Repeat(Often, from list in Lists from form in Split("what is on {0}|what is still on {0}|what's on {0}|read {0}|show {0}|show me {0}|clear {0}") select Fill(form, list)),
        .. from thing in Things from day in Days select $"add {thing} {day}",
    ];

    private static IEnumerable<string> Reminders() =>
    [
        .. Repeat(Sometimes, from thing in Things select $"remind me to {thing}"),
        .. from thing in Things from day in Days from form in Split("remind me to {0}|set a reminder to {0}") select $"{Fill(form, thing)} {day}",
        .. from thing in Things from half in Split("at noon|at five pm|at nine|in ten minutes|in an hour") select $"remind me to {thing} {half}",
        .. from length in Lengths select $"remind me in {length} to stretch",
        .. from thing in Things select $"remind me in ten minutes to {thing}",
        .. from thing in Things from form in Split("delete the reminder to {0}|postpone the reminder to {0} by an hour|move the reminder to {0} to tomorrow") select Fill(form, thing),
        .. Repeat(Sometimes, from length in Lengths from form in Split("set a timer for {0}|remind me in {0}") select Fill(form, length)),
    ];

    private static IEnumerable<string> CalendarChanges() =>
    [
        .. from what in Events from day in Days from verb in Split("create|schedule|add|put") select $"{verb} {what} {day}",
        .. from day in Days from time in Times select $"schedule a meeting {day} at {time}",
        .. from what in Events from day in Days select $"put {what} on my calendar {day}",
        .. Repeat(Sometimes, from day in Days from form in Split("cancel the event {0}|cancel the meeting {0}|delete the meeting {0}|move my meeting to {0}") select Fill(form, day)),
        .. Repeat(Sometimes, from person in People
                             from form in Split("delete the meeting with {0}|cancel the meeting with {0}|schedule a meeting with {0}|cancel lunch with {0}|when is lunch with {0}")
                             select Fill(form, person)),
        .. from person in People from day in Days select $"schedule a meeting with {person} {day}",
        .. from time in Times from form in Split("move my meeting to {0}|move the event to {0}|set an alarm for {0}|move the standup to {0}|every monday at {0}") select Fill(form, time),
    ];

    private static IEnumerable<string> CalendarQuestions() =>
    [
        .. Repeat(Often, from day in Days
                         from form in Split("what is on my calendar {0}|what's on my calendar {0}|what do i have {0}|what's my day like {0}|am i free {0}|when am i free {0}|what is my agenda {0}")
                         select Fill(form, day)),
        .. from length in Lengths select $"when am i free tomorrow for {length}",
        .. from thing in Things select $"add {thing} to my list and tell me what is on my calendar tomorrow",
    ];

    private static IEnumerable<string> TeamWork() =>
    [
        .. Repeat(Sometimes, from team in Teams
                             from form in Split("create a team called {0}|who is in {0}|who is in the {0} team|what is on the {0} list|show the {0} team|leave the {0} team")
                             select Fill(form, team)),
        .. from team in Teams from thing in Things from form in Split("add {0} to the {1} list|add {0} to {1}") select Fill(form, thing, team),
        .. from team in Teams from person in People from form in Split("add {0} to the {1} team|add {0} to {1}|remove {0} from {1}|invite {0} to {1}") select Fill(form, person, team),
        .. from person in People from role in Roles select $"make {person} {role}",
    ];

    private static IEnumerable<string> Repeat(int times, IEnumerable<string> sentences) => sentences.SelectMany(sentence => Enumerable.Repeat(sentence, times));

    private static string Fill(string form, string first, string second = "") =>
        form.Replace("{0}", first, StringComparison.Ordinal).Replace("{1}", second, StringComparison.Ordinal);

    private static string[] Split(string texts) => texts.Split('|');
}
