using System.Globalization;
using Convonet.Speech.Recognition;
using Convonet.Speech.Recognition.Pocketsphinx;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Speech.Recognition.Pocketsphinx;

public sealed class LanguageTests
{
    [Theory]
    [InlineData("add milk to my to do list", "add milk to my todo list")]
    [InlineData("show my to dos", "show my todos")]
    [InlineData("what do i have to do", "what do i have to do")]
    [InlineData("i want to do it", "i want to do it")]
    [InlineData("read(2) my to-do lists", "read my todo lists")]
    [InlineData("", "")]
    public void Normalise_DecodersWords_AreWrittenAsPeopleDo(string words, string expected) => Assert.Equal(expected, DecodedWords.Normalise(words));

    [Fact]
    public void Write_OfSentences_SumsToOneForEveryHistory()
    {
        var file = new StringWriter { NewLine = "\n" };

        ArpaModel.Of(["add milk", "add milk to my list", "add eggs to my list"]).Write(file);

        var (single, pair, triple) = Read(file.ToString());
        Assert.Equal((8, 9, 9), (single.Count, pair.Count, triple.Count));
        var words = single.Keys.Where(word => word != "<s>").ToList();
        Assert.Equal(1, words.Sum(word => single[word].Probability), 2);
        foreach (var history in single.Keys.Where(word => word != "</s>"))
        {
            Assert.Equal(1, words.Sum(word => Pair(history, word)), 2);
        }

        foreach (var history in pair.Keys.Where(key => !key.EndsWith("</s>", StringComparison.Ordinal)))
        {
            Assert.Equal(1, words.Sum(word => triple.TryGetValue($"{history} {word}", out var seen)
                ? seen.Probability
                : pair[history].BackOff * Pair(history.Split(' ')[1], word)), 2);
        }

        double Pair(string history, string word) =>
            pair.TryGetValue($"{history} {word}", out var seen) ? seen.Probability : single[history].BackOff * single[word].Probability;
    }

    [Fact]
    public void All_TaskSentences_HoldOnlyWordsOfTheDictionary()
    {
        var options = new PocketsphinxOptions();
        Assert.SkipUnless(File.Exists(options.Dictionary), "pocketsphinx-en-us is not installed (apt-get install pocketsphinx-en-us).");
        var known = File.ReadLines(options.Dictionary).Select(line => line.Split(' ', 2)[0]).ToHashSet();

        var words = TaskSentences.All().SelectMany(sentence => sentence.Split(' ')).ToHashSet();

        Assert.Subset(known, words);
    }

    [Fact]
    public async Task OpenAsync_WithoutAModel_SaysWhatToInstall()
    {
        await using var engine = new PocketsphinxSpeechToText(new() { ModelFolder = "/nowhere" }, NullLogger<PocketsphinxSpeechToText>.Instance);

        var error = await Assert.ThrowsAsync<RecognitionException>(() => engine.OpenAsync(TestContext.Current.CancellationToken));

        Assert.Equal(RecognitionErrorKind.NotInstalled, error.Kind);
        Assert.Equal("pocketsphinx is not installed: apt-get install pocketsphinx pocketsphinx-en-us", error.Message);
    }

    private static (Dictionary<string, (double Probability, double BackOff)> Single, Dictionary<string, (double Probability, double BackOff)> Pair, Dictionary<string, (double Probability, double BackOff)> Triple)
        Read(string model)
    {
        var sections = model.Split("-grams:\n")[1..].Select((section, i) => section.Split('\n').TakeWhile(line => line.Length > 0).ToDictionary(
            line => string.Join(' ', line.Split(' ').Skip(1).Take(i + 1)),
            line => (Power(line.Split(' ')[0]), line.Split(' ').Length > i + 2 ? Power(line.Split(' ')[i + 2]) : 1))).ToArray();
        return (sections[0], sections[1], sections[2]);
    }

    private static double Power(string log) => Math.Pow(10, double.Parse(log, CultureInfo.InvariantCulture));
}
