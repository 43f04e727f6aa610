using Convonet.Speech;
using CsCheck;

namespace Convonet.Tests.Speech;

public sealed class SpokenTextTests
{
    [Theory]
    [InlineData("Plain words, nothing else.", "Plain words, nothing else.")]
    [InlineData("This is **very** _nice_, ***truly***, ~~not~~.", "This is very nice, truly, not.")]
    [InlineData("2 * 3 and snake_case and a~b stay.", "2 * 3 and snake_case and a~b stay.")]
    [InlineData("# Your list", "Your list")]
    [InlineData("- Milk", "Milk")]
    [InlineData("* Milk", "Milk")]
    [InlineData("> He said so", "He said so")]
    [InlineData("-5 degrees", "-5 degrees")]
    [InlineData("Run `dotnet test` now.", "Run dotnet test now.")]
    [InlineData("Run `dotnet test --filter-class Convonet.Tests.Speech` now.", "Run a piece of code now.")]
    [InlineData("See https://www.example.com/a/b?c=d#e.", "See a link to example.com.")]
    [InlineData("See <https://example.com:8080/> or (http://a.b/c_(d)).", "See a link to example.com or (a link to a.b).")]
    [InlineData("See [the **docs**](https://example.com/x) first.", "See the docs first.")]
    [InlineData("See [https://example.com](https://example.com/x).", "See a link to example.com.")]
    [InlineData("![A cat](cat.png) sits", "an image: A cat sits")]
    [InlineData("Mail jo@example.com [sic].", "Mail jo@example.com [sic].")]
    [InlineData("Done \ud83c\udf89\ud83d\udc69\u200d\ud83d\udcbb\u2764\ufe0f!", "Done !")]
    [InlineData("Häuser, 你好 and ¿qué?", "Häuser, 你好 and ¿qué?")]
    [InlineData("\ud83d\ude00", "")]
    [InlineData("---", "")]
    [InlineData("  \n", "")]
    [InlineData("where what who http", "where what who http")]
    public void Next_OnePiece_SaysWhatIsRead(string shown, string expected) => Assert.Equal(expected, new SpokenText().Next(new TextPiece(0, shown)).Text);

    [Fact]
    public void Next_CodeBlockAndTable_AreDescribedOnce()
    {
        const string Shown = "Here, look:\n\n```csharp\nvar a = 1. B();\n| x |\n\nreturn;\n```\nAnd\n| a | b. C |\n|---|---|\n| 1 | 2 |\nThat is it.";

        Assert.Equal(["Here,", "look:", "A code sample.", "And", "A table.", "That is it."], Spoken(Shown).Select(piece => piece.Text).Where(text => text.Length > 0));
    }

    [Fact]
    public void Next_UnendedBlock_IsNotRead() => Assert.Equal(["A code sample."], Spoken("```\nfoo bar\nbaz").Select(piece => piece.Text).Where(text => text.Length > 0));

    [Theory]
    [InlineData(0, "")]
    [InlineData(0.01, "I")]
    [InlineData(0.1, "I ")]
    [InlineData(0.35, "I said")]
    [InlineData(0.55, "I said **yes**")]
    [InlineData(0.8, "I said **yes** now.")]
    [InlineData(1, "I said **yes** now. ")]
    public void HeardUntil_Fraction_IsTheEndOfTheWord(double fraction, string heard)
    {
        const string Shown = "I said **yes** now. ";
        var piece = new SpokenText().Next(new TextPiece(100, Shown));

        Assert.Equal("I said yes now.", piece.Text);
        Assert.Equal(heard, Shown[..(piece.HeardUntil(fraction) - 100)]);
    }

    [Theory]
    [InlineData(0.30, "See ")]
    [InlineData(0.99, "See https://example.com/very/long now.")]
    public void HeardUntil_InsideADescription_IsBeforeOrBehindIt(double fraction, string heard)
    {
        const string Shown = "See https://example.com/very/long now.";
        var piece = new SpokenText().Next(new TextPiece(0, Shown));

        Assert.Equal(heard, Shown[..piece.HeardUntil(fraction)]);
    }

    [Fact]
    public void HeardUntil_WithoutSpaces_IsTheCharacter() => Assert.Equal(2, new SpokenText().Next(new TextPiece(0, "今天天气")).HeardUntil(0.5));

    [Fact]
    public void HeardUntil_AnyTextAndFraction_GrowsWithinThePiece()
    {
        var part = Gen.OneOf<string>(
            Gen.OneOf<string>("**", "`", "[", "](", ")", "https://a.b/c", "\n", "```\n", "|", " ", "word", "你", "\ud83d\ude00", "_", "- "), Gen.String[0, 4]);
        (from parts in part.Array[0, 40] select string.Concat(parts)).Sample(
            text =>
            {
                foreach (var piece in Spoken(text).Where(piece => piece.Text.Length > 0))
                {
                    var heard = Enumerable.Range(0, 21).Select(step => piece.HeardUntil(step / 20.0)).ToArray();
                    Assert.Equal(piece.Start, heard[0]);
                    Assert.Equal(piece.End, heard[^1]);
                    Assert.Equal(heard.Order(), heard);
                }
            },
            iter: 5_000);
    }

    private static List<SpokenPiece> Spoken(string shown)
    {
        var (splitter, spoken) = (new SentenceSplitter(), new SpokenText());
        var pieces = new List<SpokenPiece>();
        splitter.Push(shown);
        while (splitter.TryFlush(out var piece))
        {
            pieces.Add(spoken.Next(piece));
        }

        return pieces;
    }
}
