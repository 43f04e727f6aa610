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
        var readme = await File.ReadAllTextAsync(Path.Combine(SourceFolder(), "..", "..", "README.md"), TestContext.Current.CancellationToken);
        var begin = readme.IndexOf("```js\nimport { ConvonetClient }", StringComparison.Ordinal) + "```js\n".Length;
        var lines = readme[begin..readme.IndexOf("```", begin, StringComparison.Ordinal)];
        await using var visitor = await pages.VisitAsync();
        var (page, printed, closed) = (visitor.Page, new List<string>(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await visitor.Context.GrantPermissionsAsync([Visitor.MayConnect]);
        page.Console += (_, message) => printed.Add(message.Text);
        await page.RouteAsync("**/empty.html", route => route.FulfillAsync(new() { Body = "<!DOCTYPE html><title>Empty</title><script type='module' src='/lines.js'></script>", ContentType = "text/html" }));
        await page.RouteAsync("**/lines.js", route => route.FulfillAsync(new() { Body = lines, ContentType = "text/javascript" }));
        page.WebSocket += (_, socket) => socket.Close += (_, _) => closed.TrySetResult();

        await page.GotoAsync(new Uri(new Uri(page.Url), "/empty.html").ToString());
        await closed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(5, lines.Trim().Split('\n').Length);
        Assert.True(printed.Count > 1, string.Join('\n', printed));
        Assert.Contains(printed, text => ToolName().IsMatch(text));
        await visitor.AssertNothingWentWrongAsync();
    }

    [GeneratedRegex("^[a-z]+_[a-z_]+$")]
    private static partial Regex ToolName();

    private static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
