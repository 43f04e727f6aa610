using System.ComponentModel;
using Convonet.Streams;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Tools;

public sealed class ToolRunnerTests
{
    private const string NotKnown = " It is not known whether it took effect. Do not repeat it.";

    private readonly FakeTimeProvider _time = new();
    private readonly StrayTasks _strays = new(NullLogger<StrayTasks>.Instance);
    private readonly ToolOptions _options = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_ToolReturnsText_IsTheResult()
    {
        var result = await RunAsync(Tool(() => "sunny"));

        Assert.Equal((ToolOutcome.Ok, "sunny", false), (result.Outcome, result.Content, result.IsError));
    }

    [Fact]
    public async Task Run_ToolThatBlocks_HoldsNoThreadOfThePool()
    {
        var result = await RunAsync(Tool(() => $"{Thread.CurrentThread.IsThreadPoolThread}"));

        Assert.Equal("False", result.Content);
    }

    [Fact]
    public async Task Run_ToolReturnsRecord_IsSnakeCaseJsonWithoutNulls()
    {
        var result = await RunAsync(Tool(() => new Weather("Paris", 21, null)));

        Assert.Equal("""{"city_name":"Paris","degrees":21}""", result.Content);
        Assert.Equal("Paris", result.Data!.Value.GetProperty("city_name").GetString());
    }

    [Fact]
    public async Task Run_ToolReturnsNothing_SaysDone() => Assert.Equal("Done.", (await RunAsync(Tool(() => { }))).Content);

    [Fact]
    public async Task Run_UnknownTool_IsAnErrorThatNamesTheTools()
    {
        var result = await Runner(Tool(() => "x")).RunAsync(new ToolCall("c1", "nope", ""), Context("nope"), Token);

        Assert.Equal(ToolOutcome.Error, result.Outcome);
        Assert.Contains("'nope'", result.Content, StringComparison.Ordinal);
        Assert.Contains("probe", result.Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "not valid JSON")]
    [InlineData("[1]", "must be a JSON object")]
    [InlineData("""{"title":NaN}""", "not valid JSON")]
    [InlineData("""{"count":1}""", "The arguments do not fit: title is missing.")]
    [InlineData("""{"title":5}""", "The arguments do not fit: title must be a text.")]
    [InlineData("""{"title":"a","count":"many"}""", "The arguments do not fit: count must be a whole number.")]
    [InlineData("""{"title":"a","level":"enormous"}""", "The arguments do not fit: level must be one of Low, High.")]
    [InlineData("""{"count":"many","level":1}""", "title is missing; count must be a whole number; ")]
    [InlineData("""{"title":"a","user_id":"b"}""", "there is no 'user_id'. The parameters are: title, count, level.")]
    public async Task Run_ArgumentsDoNotFitTheSchema_IsAnErrorAndTheToolDoesNotRun(string arguments, string told)
    {
        var ran = false;
        var tool = ToolFactory.Create((string title, int count = 1, Level level = Level.Low) => ran = true, "probe", "Test.");

        var result = await RunAsync(tool, arguments);

        Assert.Equal(ToolOutcome.Error, result.Outcome);
        Assert.Contains(told, result.Content, StringComparison.Ordinal);
        Assert.False(ran);
    }

    [Fact]
    public async Task Run_ArgumentsFit_ReachTheTool()
    {
        var result = await RunAsync(
            ToolFactory.Create((string title, int count = 1) => $"{count}x{title}", "probe", "Test."), """{"title":"milk","count":3}""");

        Assert.Equal("3xmilk", result.Content);
    }

    [Fact]
    public async Task Run_ArgumentsAreHuge_IsAnError()
    {
        var result = await RunAsync(
            ToolFactory.Create((string title) => title, "probe", "Test."), $$"""{"title":"{{new string('x', _options.MaxArgumentsLength)}}"}""");

        Assert.Equal(ToolOutcome.Error, result.Outcome);
        Assert.Contains("too long", result.Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ToolEffect.Outside, NotKnown)]
    [InlineData(ToolEffect.Store, "")]
    [InlineData(ToolEffect.None, "")]
    public async Task Run_ToolThrows_IsAnErrorWithoutTheExceptionsText(ToolEffect effect, string more)
    {
        var result = await RunAsync(new ToolTraits { Effect = effect }.On(Tool(string () => throw new InvalidOperationException("secret connection string"))));

        Assert.Equal((ToolOutcome.Error, "probe failed." + more), (result.Outcome, result.Content));
    }

    [Theory]
    [InlineData(ToolEffect.Store, 1)]
    [InlineData(ToolEffect.Outside, 0)]
    [InlineData(ToolEffect.None, 0)]
    public async Task Run_WithoutTheCommitThatItsEffectPromises_IsWarnedOfOnce(ToolEffect effect, int warnings)
    {
        var log = new ListLogger<ToolRunner>();
        var runner = new ToolRunner([new ToolTraits { Effect = effect }.On(Tool(() => "saved"))], _options, _time, _strays, log);

        for (var call = 1; call <= 2; call++)
        {
            Assert.Equal(ToolOutcome.Ok, (await runner.RunAsync(new ToolCall($"c{call}", "probe", "{}"), Context("probe"), Token)).Outcome);
        }

        Assert.Equal(warnings, log.Lines.Count(line => line.Text.StartsWith("Tool probe is declared ToolEffect.Store", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("nope", "{}")]
    [InlineData("probe", "{")]
    public async Task Run_NeverBegan_SaysOnlyWhy(string tool, string arguments)
    {
        var result = await Runner(Tool(() => "x")).RunAsync(new ToolCall("c1", tool, arguments), Context(tool), Token);

        Assert.Equal(ToolOutcome.Error, result.Outcome);
        Assert.DoesNotContain("not known", result.Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(TimeoutException))]
    public async Task Run_ToolThrowsAsIfStopped_IsAnErrorAllTheSame(Type exception)
    {
        var result = await RunAsync(Tool(string () => throw (Exception)Activator.CreateInstance(exception)!));

        Assert.Equal(ToolOutcome.Error, result.Outcome);
    }

    [Fact]
    public async Task Run_ToolRefuses_TellsTheModelWhy()
    {
        var result = await RunAsync(Tool(string () => throw new ToolException("There is no such todo.")));

        Assert.Equal((ToolOutcome.Error, "There is no such todo."), (result.Outcome, result.Content));
    }

    [Fact]
    public async Task Run_ResultIsTooLong_IsCutAndSaysSo()
    {
        var result = await RunAsync(Tool(() => new string('x', 10 * 1024 * 1024)));

        Assert.Equal(ToolOutcome.Ok, result.Outcome);
        Assert.True(result.Content.Length < _options.MaxResultLength + 100);
        Assert.EndsWith("[cut: the first 16000 of 10485760 characters]", result.Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(65_530, true)]
    [InlineData(65_536, false)]
    public async Task Run_DataForClientsIsTooLong_IsLeftOut(int length, bool isThere)
    {
        var result = await RunAsync(Tool(() => new ToolAnswer("Many.", new { x = new string('x', length - 8 + 1) })));

        Assert.Equal((ToolOutcome.Ok, "Many.", isThere), (result.Outcome, result.Content, result.Data is not null));
    }

    [Fact]
    public async Task Run_CutFallsInsideASurrogatePair_CutsBeforeIt()
    {
        var result = await RunAsync(Tool(() => new string('x', _options.MaxResultLength - 1) + "😀😀"));

        Assert.DoesNotContain(result.Content, char.IsSurrogate);
    }

    [Fact]
    public async Task Run_ToolReportsProgress_ReachesTheContext()
    {
        List<string> heard = [];
        var tool = ToolFactory.Create((ToolContext context) => context.ReportProgress($"{context.Conversation}/{context.Turn}/{context.Call.Id}"), "probe", "Test.");

        await Runner(tool).RunAsync(new ToolCall("c1", "probe", ""), new ToolContext(new ToolCall("c1", "probe", ""), "conv", 7, heard.Add), Token);

        Assert.Equal(["conv/7/c1"], heard);
        Assert.DoesNotContain("context", tool.JsonSchema.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Runner_TwoToolsShareAName_Throws() => Assert.Throws<ArgumentException>(() => Runner(Tool(() => 1), Tool(() => 2)));

    private static AIFunction Tool(Delegate method) => ToolFactory.Create(method, "probe", "Test.");

    private static ToolContext Context(string name) => new(new ToolCall("c1", name, ""), "conversation", 1);

    private Task<ToolResult> RunAsync(AIFunction tool, string arguments = "") =>
        Runner(tool).RunAsync(new ToolCall("c1", "probe", arguments), Context("probe"), Token);

    private ToolRunner Runner(params AIFunction[] tools) => new(tools, _options, _time, _strays, NullLogger<ToolRunner>.Instance);

    private sealed record Weather(string CityName, int Degrees, [property: Description("Always null here.")] string? Note);

    private enum Level
    {
        Low,
        High,
    }
}
