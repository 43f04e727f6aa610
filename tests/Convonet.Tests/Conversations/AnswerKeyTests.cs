using Convonet.Conversations;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Conversations;

/// <summary>What an answer is kept under: whatever changes it is another key.</summary>
public sealed class AnswerKeyTests
{
    [Fact]
    public void Key_OfAnythingElse_IsAnotherKey()
    {
        var (first, second) = (new ScriptedModel("first"), new ScriptedModel("second"));
        var told = new UserTold("", "Now: 2026-11-25T10:41+01:00 (Wednesday), time zone Europe/Zurich.");
        var tool = ModelCalls.Weather;
        AnswerKey[] keys =
        [
            AnswerKey.Shared(first, "Be brief.", [tool], "Hello"),
            AnswerKey.Shared(new ScriptedModel("first", "first-2"), "Be brief.", [tool], "Hello"),
            AnswerKey.Shared(second, "Be brief.", [tool], "Hello"),
            AnswerKey.Shared(first, "Be brief!", [tool], "Hello"),
            AnswerKey.Shared(first, "Be brief.", [], "Hello"),
            AnswerKey.Shared(first, "Be brief.", [tool], "Hallo"),
            AnswerKey.Own("u1", told, first, "Be brief.", [tool], "Hello"),
            AnswerKey.Own("u2", told, first, "Be brief.", [tool], "Hello"),
            AnswerKey.Own("u1", told with { Moment = told.Moment.Replace("T10", "T11", StringComparison.Ordinal) }, first, "Be brief.", [tool], "Hello"),
        ];

        Assert.Equal(keys.Length, keys.Select(key => key.Hash).Distinct().Count());
        Assert.Equal(keys[0], AnswerKey.Shared(first, "Be brief.", [tool], " hello.  "));
        Assert.Equal(keys[6], AnswerKey.Own("u1", told with { Moment = told.Moment.Replace(":41", ":59", StringComparison.Ordinal) }, first, "Be brief.", [tool], "HELLO"));
    }

    [Theory]
    [InlineData("What is 5!", "What is 5?")]
    [InlineData("What is C++?", "What is C?")]
    [InlineData(".NET?", "NET?")]
    [InlineData("What is ??", "What is ?")]
    [InlineData("What is 5²?", "What is 52?")]
    public void Key_OfAQuestionWithOtherMarks_IsAnotherKey(string one, string other) => Assert.NotEqual(Of(one), Of(other));

    [Theory]
    [InlineData("What is 5?")]
    [InlineData("what is 5")]
    [InlineData(" What  is 5 ? ")]
    [InlineData("WHAT IS\t5.")]
    [InlineData("¿What is 5?")]
    public void Key_OfAQuestionWrittenOtherwise_IsTheSame(string question) => Assert.Equal(Of("What is 5?"), Of(question));

    private static AnswerKey Of(string question) => AnswerKey.Shared(new ScriptedModel(), "", [], question);
}
