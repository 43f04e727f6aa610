using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Convonet.BrowserTests;

/// <summary>The lines of the README for pages, as they stand there.</summary>
public sealed partial class ReadmeTests(PageFixture pages) : IClassFixture<PageFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Lines_InAnEmptyPageOfTheServer_PrintTheAnswerAndClose()
    {
        var lines = await LinesAsync();
        await using var visitor = await pages.VisitAsync();
        var (page, printed, closed) = (visitor.Page, new List<string>(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await visitor.Context.GrantPermissionsAsync([Visitor.MayConnect]);
        page.Console += (_, message) => printed.Add(message.Text);
        page.WebSocket += (_, socket) => socket.Close += (_, _) => closed.TrySetResult();

        await RunAsync(page, lines);
        await closed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(7, lines.Trim().Split('\n').Length);
        Assert.True(printed.Count > 1, string.Join('\n', printed));
        Assert.Contains(printed, text => ToolName().IsMatch(text));
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Lines_WhereNoServerAnswers_SaySo()
    {
        await using var visitor = await pages.VisitAsync();
        await visitor.Context.GrantPermissionsAsync([Visitor.MayConnect]);
        await visitor.Page.RouteWebSocketAsync("**/voice", static socket => socket.CloseAsync());

        var said = visitor.Page.WaitForConsoleMessageAsync(new() { Predicate = static message => message.Text == "No connection; it is tried again.", Timeout = (float)Patience.TotalMilliseconds });
        await RunAsync(visitor.Page, await LinesAsync());

        Assert.Equal("warning", (await said).Type);
    }

    private static async Task<string> LinesAsync()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(SourceFolder(), "..", "..", "README.md"), TestContext.Current.CancellationToken);
        var begin = readme.IndexOf("```js\nimport { ConvonetClient }", StringComparison.Ordinal) + "```js\n".Length;
        return readme[begin..readme.IndexOf("```", begin, StringComparison.Ordinal)];
    }

    private static async Task RunAsync(IPage page, string lines)
    {
        await page.RouteAsync("**/empty.html", route => route.FulfillAsync(new() { Body = "<!DOCTYPE html><title>Empty</title><script type='module' src='/lines.js'></script>", ContentType = "text/html" }));
        await page.RouteAsync("**/lines.js", route => route.FulfillAsync(new() { Body = lines, ContentType = "text/javascript" }));
        await page.GotoAsync(new Uri(new Uri(page.Url), "/empty.html").ToString());
    }

    [GeneratedRegex("^[a-z]+_[a-z_]+$")]
    private static partial Regex ToolName();

    private static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
