using System.Text.RegularExpressions;
using Convonet.Emulator.Brain.Intents;

namespace Convonet.Emulator.Brain.Replies;

/// <summary>Talk that needs no tool.</summary>
internal static partial class SmallTalk
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    internal const string Examples =
        "\"Add buy milk to my list and tell me what is on my calendar tomorrow\", \"Remind me to call Ana at 5 pm\" or \"Mark buy milk as done\"";

    private static readonly string[] Jokes =
    [
        "Why did the web socket break up with the server? It felt that the relationship had no close handshake.",
        "I asked my todo list to hurry up. It said that it would add it to the list.",
        "There are two hard things about parallel tools: they finish at the same time, and naming things, and they finish at the same time.",
        "My calendar has its days numbered, and it is still in a better mood than my todo list.",
    ];

    private static readonly string[] Stories =
    [
        "Once there was a small lighthouse that had never seen the morning, because it always slept when the sun came up. One night a gull "
        + "landed on its rail and told it about colours: the pink above the harbour, the first green on the hills, the gold on the fishermen's "
        + "nets. The lighthouse did not quite believe it. So the gull stayed, and when the keeper came to put the lamp out, it asked him to wait "
        + "a little. The sky turned pink, then green, then gold, just as the gull had said. Since that day the lamp has been put out five "
        + "minutes late, and nobody in the harbour has ever complained.",
        "A clockmaker once built a clock that ran only while somebody was waiting for someone. It stood in the station, and for years it was "
        + "the busiest clock in town. Then one winter evening the last train was cancelled, everybody went home, and the clock stopped at ten "
        + "past nine. In the morning a girl sat down beside it with a suitcase and a thermos. She was early, by three hours, and she did not "
        + "mind. The clock began to tick again, very softly, so as not to hurry her.",
    ];

    internal static SmallTalkTopic? Read(string clause) =>
        Hello().IsMatch(clause) ? SmallTalkTopic.Hello
        : Bye().IsMatch(clause) ? SmallTalkTopic.Bye
        : Thanks().IsMatch(clause) ? SmallTalkTopic.Thanks
        : HowAreYou().IsMatch(clause) ? SmallTalkTopic.HowAreYou
        : WhoAreYou().IsMatch(clause) ? SmallTalkTopic.WhoAreYou
        : WhoAmI().IsMatch(clause) ? SmallTalkTopic.WhoAmI
        : Joke().IsMatch(clause) ? SmallTalkTopic.Joke
        : Story().IsMatch(clause) ? SmallTalkTopic.Story
        : Help().IsMatch(clause) ? SmallTalkTopic.Help
        : Praise().IsMatch(clause) ? SmallTalkTopic.Praise
        : Agreement().IsMatch(clause) ? SmallTalkTopic.Agreement
        : Refusal().IsMatch(clause) ? SmallTalkTopic.Refusal
        : null;

    /// <summary>The reply; jokes and stories change from turn to turn.</summary>
    internal static string Reply(SmallTalkTopic topic, DateTime now, int turn, string? user) => topic switch
    {
        SmallTalkTopic.Hello => $"{Greeting(now)} What can I do for you?",
        SmallTalkTopic.Bye => "Goodbye! Your list and your calendar stay where they are.",
        SmallTalkTopic.Thanks => "You're welcome!",
        SmallTalkTopic.HowAreYou => "All my rules are in good order, thank you for asking. What can I do for you?",
        SmallTalkTopic.WhoAreYou => "I am Convonet's offline demo model: a set of rules on this machine, not a language model. I look after todos, reminders, a "
            + "calendar and teams, and I know the time. With a key for Gemini, Claude or OpenAI a real model takes my place.",
        SmallTalkTopic.WhoAmI => user is null ? "I do not know your name." : $"You are called {user}, as far as I know.",
        SmallTalkTopic.Joke => Jokes[turn % Jokes.Length],
        SmallTalkTopic.Story => Stories[turn % Stories.Length],
        SmallTalkTopic.Help => $"I can keep your todos, set reminders, look after your calendar, find free time for you, and keep lists for your teams; several at once, too. Try {Examples}.",
        SmallTalkTopic.Praise => "That is kind of you. I'll tell my rules.",
        SmallTalkTopic.Agreement => "Good. Tell me what to do next.",
        _ => "All right, then not.",
    };

    internal static string NotUnderstood =>
        $"I did not understand that. I am only the offline demo model, which follows rules. Try {Examples}.";

    private static string Greeting(DateTime now) => now.Hour switch
    {
        < 5 => "Hello, night owl!",
        < 12 => "Good morning!",
        < 18 => "Hello!",
        _ => "Good evening!",
    };

    [GeneratedRegex(@"^(?:say\s+)?(?:hello|hi|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day))(?:\s+(?:there|again|convonet|everyone|you))?$", Options)]
    private static partial Regex Hello();

    [GeneratedRegex(@"^(?:bye|bye bye|goodbye|good bye|good night|see you|cya|farewell)\b.{0,20}$", Options)]
    private static partial Regex Bye();

    [GeneratedRegex(@"^(?:many |ok |great )?(?:thanks|thank you|thx|cheers)\b.{0,30}$", Options)]
    private static partial Regex Thanks();

    [GeneratedRegex(@"\bhow are you\b|\bhow(?:'?s| is) it going\b|\bhow do you (?:do|feel)\b|^what'?s up$|\bare you (?:ok|okay|well)\b", Options)]
    private static partial Regex HowAreYou();

    [GeneratedRegex(@"\b(?:who|what) (?:exactly )?are you\b|\bwhat(?:'?s| is) your name\b|\bare you (?:an? |the )?(?:real|human|robot|bot|person|ai|llm|language model|model|chat ?gpt|gemini|claude|gpt)\b|\bwhich model\b|\bwhat (?:kind of )?model\b|\bwho (?:made|built|wrote) you\b|\bintroduce yourself\b|\bwho'?s (?:this|there)\b|\babout yourself\b", Options)]
    private static partial Regex WhoAreYou();

    [GeneratedRegex(@"^(?:who am i|what(?:'?s| is) my name|do you know (?:me|my name|who i am))$", Options)]
    private static partial Regex WhoAmI();

    [GeneratedRegex(@"\bjokes?\b|\bmake me laugh\b|\bsomething funny\b", Options)]
    private static partial Regex Joke();

    [GeneratedRegex(@"\b(?:tell|write|give|read)\b.*\bstory\b|^(?:a |another )?(?:short )?story$|^another one$", Options)]
    private static partial Regex Story();

    [GeneratedRegex(@"^help\b|\bwhat (?:else )?(?:can|could|do) you (?:do|know|help)\b|\bhow (?:can|do) (?:you help|i use|this works?)\b|\bwhat are you able\b|^what can i (?:ask|say)\b", Options)]
    private static partial Regex Help();

    [GeneratedRegex(@"^(?:you(?:'re| are) (?:great|good|nice|awesome|the best|funny|smart|wonderful|helpful)|(?:very )?(?:nice|great|awesome|perfect|cool|wonderful|well done|good job|good bot|excellent|amazing)(?: job| one| work)?)$", Options)]
    private static partial Regex Praise();

    [GeneratedRegex(@"^(?:yes|yeah|yep|sure|ok|okay|alright|all right|fine|good|right)$", Options)]
    private static partial Regex Agreement();

    [GeneratedRegex(@"^(?:no|nope|never ?mind|not now|stop|no thanks|nothing|that'?s all)$", Options)]
    private static partial Regex Refusal();
}
