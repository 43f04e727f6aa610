using Convonet.Speech;
using CsCheck;

namespace Convonet.Tests.Speech;

public sealed class SentenceSplitterTests
{
    /// <summary>A bar stands where a piece ends. Each begins with a short clause, which takes the early rule out of the case.</summary>
    [Theory]
    [InlineData("Well, |it costs $3.50. |Is that fine? |Yes.")]
    [InlineData("Well, |Dr. Smith and Mrs. Jones met Prof. Lee. |They left.")]
    [InlineData("Well, |use fruit, e.g. Apples or i.e. Pears. |Done.")]
    [InlineData("Well, |see https://example.com/a.b?c=d,e. |Then write to jo.doe@mail.example.com. |Bye.")]
    [InlineData("Well, |it is 1,234,567.89 in all. |Next.")]
    [InlineData("Well, |count 1. 2. 3. |Done.")]
    [InlineData("Well, |version 2.0.1 is out! |Good.")]
    [InlineData("Well, |at 5 p.m. on Monday. |At 6 p.m. |Then home.")]
    [InlineData("Well, |No. 5 is alive. |No. |It is not.")]
    [InlineData("Well, |the U.S. Government said so. |So do I. |Good.")]
    [InlineData("Well, |J. R. R. Tolkien wrote it. |Really?! |Yes... maybe.")]
    [InlineData("Well, |he said \"stop.\" |Then (he left.) |And **that was it.** |End.")]
    [InlineData("Well, |Yahoo! is a name. |\"Why?\" she asked. |Right.")]
    [InlineData("Well, |your list:\n|1. Milk\n|2. Eggs and ham. |Both.\n|- Tea\n|\nThat is all.")]
    [InlineData("Well, |call `a.b. C d` or [the. Page](https://x.y/z). |Done.")]
    [InlineData("Well, |Node.js and .NET 10. |Fine.")]
    [InlineData("Well, |on Dec. 5 at 10:30. |OK.")]
    [InlineData("你好，|今天天气很好。|我们去公园吧！|「好的。」|价格是1，000元。|好")]
    [InlineData("はい、|わかりました。|明日、行きます。|では")]
    [InlineData("Bien, |¿qué tal? |¡Hola! |El Sr. García llegó. |Adiós")]
    [InlineData("مرحبا، |كيف حالك؟ |جيد")]
    [InlineData("हाँ, |यह ठीक है। |और बताइए")]
    public void TryTake_HardCases_CutsAtTheBars(string expected) =>
        Assert.Equal(expected.Split('|'), Split([expected.Replace("|", "", StringComparison.Ordinal)]).Select(piece => piece.Text));

    [Theory]
    [InlineData("Sure, |I can do that.")]
    [InlineData("I have put the milk |on your list for today.")]
    [InlineData("Congratulations Christopher Robinson you |have won.")]
    [InlineData("Hello there! |How are you?")]
    [InlineData("Ask Dr. Smith, |he knows.")]
    [InlineData("The sum of it is 10 000 000 |and more.")]
    [InlineData("I, for one, |agree.")]
    [InlineData("Go.")]
    public void TryTake_FirstPiece_IsEarly(string expected) =>
        Assert.Equal(expected.Split('|'), Split([expected.Replace("|", "", StringComparison.Ordinal)]).Select(piece => piece.Text));

    [Fact]
    public void TryTake_FirstClauseComplete_DoesNotWaitForMore()
    {
        var splitter = new SentenceSplitter();
        splitter.Push("Sure, ");

        Assert.True(splitter.TryTake(out var first));
        Assert.Equal(new TextPiece(0, "Sure, "), first);
        splitter.Push("it costs $3.");
        Assert.False(splitter.TryTake(out _));
        splitter.Push("50. Ok");
        Assert.True(splitter.TryTake(out var second));
        Assert.Equal(new TextPiece(6, "it costs $3.50. "), second);
        Assert.False(splitter.TryTake(out _));
    }

    [Fact]
    public void TryFlush_TextThatGoesOn_BeginsEarlyAgain()
    {
        var splitter = new SentenceSplitter();
        splitter.Push("Let me look.");
        Assert.False(splitter.TryTake(out _));
        Assert.True(splitter.TryFlush(out var piece));
        Assert.Equal("Let me look.", piece.Text);
        Assert.False(splitter.TryFlush(out _));

        splitter.Push("Here, there");
        Assert.True(splitter.TryTake(out piece));
        Assert.Equal(new TextPiece(12, "Here, "), piece);
    }

    [Fact]
    public void TryTake_TextWithoutMarks_IsCutAtAWord()
    {
        var pieces = Split([string.Join(' ', Enumerable.Repeat("word", 500))]);

        Assert.All(pieces, piece => Assert.InRange(piece.Text.Length, 1, SentenceSplitter.MaxLength));
        Assert.All(pieces.SkipLast(1), piece => Assert.EndsWith("word ", piece.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void TryTake_AddressLongerThanAPiece_StaysWhole()
    {
        var address = "https://example.com/" + new string('a', 500);

        Assert.Equal(["See, ", $"{address}. ", "Ok"], Split([$"See, {address}. Ok"]).Select(piece => piece.Text));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("\ud83d\ude00")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("中")]
    public void TryTake_EndlessText_IsBounded(string part)
    {
        var pieces = Split([string.Concat(Enumerable.Repeat(part, 10_000))]);

        Assert.All(pieces, piece => Assert.InRange(piece.Text.Length, 1, SentenceSplitter.HardLimit));
        Assert.All(pieces, piece => Assert.False(char.IsHighSurrogate(piece.Text[^1])));
    }

    [Fact]
    public void Pieces_AnyTokens_AreTheTextAndTheSame() => TokenisedText().Sample(
        sample =>
        {
            var whole = Split([sample.Text]);

            Assert.Equal(sample.Text, string.Concat(whole.Select(piece => piece.Text)));
            Assert.Equal(whole, Split(sample.Tokens));
            Assert.All(whole, piece => Assert.Equal(piece.Text, sample.Text.Substring(piece.Start, piece.Text.Length)));
        },
        iter: 20_000);

    private static Gen<(string Text, string[] Tokens)> TokenisedText()
    {
        var part = Gen.OneOf<string>(
            Gen.OneOf<string>("Dr.", "e.g.", "$3.50", "https://a.b/c?d=e.", "x@y.z", "Hello", "and", "the", "1.", "...", "?!", "。", "你好", "，", "`a. b`", "[c. d](e.f)", "**", "10 000", "\ud83d\ude00"),
            Gen.OneOf<string>(" ", " ", " ", "\n", ". ", ", ", "  ", "\u00A0"),
            Gen.String[0, 6]);
        return from parts in part.Array[0, 60]
               let text = string.Concat(parts)
               from cuts in Gen.Int[0, text.Length].Array[0, 30]
               let ends = cuts.Append(0).Append(text.Length).Distinct().Order().ToArray()
               select (text, ends.Zip(ends.Skip(1), (begin, end) => text[begin..end]).ToArray());
    }

    private static List<TextPiece> Split(IEnumerable<string> tokens)
    {
        var splitter = new SentenceSplitter();
        var pieces = new List<TextPiece>();
        foreach (var token in tokens)
        {
            splitter.Push(token);
            while (splitter.TryTake(out var piece))
            {
                pieces.Add(piece);
            }
        }

        while (splitter.TryFlush(out var rest))
        {
            pieces.Add(rest);
        }

        return pieces;
    }
}
