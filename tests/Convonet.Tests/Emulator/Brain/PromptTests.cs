using Convonet.Emulator.Brain;

namespace Convonet.Tests.Emulator.Brain;

/// <summary>What the server tells of the moment is no word of the user's, wherever it stands.</summary>
public sealed class PromptTests
{
    private const string Moment = "Now: 2026-11-25T10:00+01:00 (Wednesday), time zone Europe/Zurich.";

    [Theory]
    [InlineData("Be brief.\n" + Moment, "", Moment, "Hello")] // a message of its own
    [InlineData("Be brief.\n" + Moment, Moment + "\n\nHello\n\nagain")] // before the words
    [InlineData("Be brief.", "Now: hello", "Hello", "\n\n" + Moment)]
    public void Apart_Moment_IsAmongTheInstructions(string system, params string[] said)
    {
        var (told, turns) = Prompt.Apart("Be brief.", [.. said.Select(static text => new Turn.User(text))]);

        Assert.Equal(system, told);
        Assert.Equal(
            said.Where(static text => text != Moment).Select(static text => text.StartsWith(Moment, StringComparison.Ordinal) ? text[(Moment.Length + 2)..] : text),
            turns.Cast<Turn.User>().Select(static turn => turn.Text));
    }
}
