namespace Convonet.BrowserTests;

/// <summary>A window that becomes narrow, and wide again.</summary>
public sealed class WindowSizeTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    [Fact]
    public async Task Window_NarrowedWithBothColumnsOpen_LeavesTheConversationAndWidenedBringsTheThingsBack()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        await visitor.Page.Locator("#library").WaitForAsync();
        await visitor.Panel.WaitForAsync();

        await visitor.MessageBox.FocusAsync();
        await visitor.Page.SetViewportSizeAsync(700, 800);

        await Assertions.Expect(visitor.Page.Locator("#library")).ToBeHiddenAsync();
        await Assertions.Expect(visitor.Panel).ToBeHiddenAsync();
        await Assertions.Expect(visitor.MessageBox).ToBeFocusedAsync();
        await visitor.Page.WaitForFunctionAsync("() => ['top', 'scroller', 'bottom'].every(id => !document.getElementById(id).inert)");
        await visitor.Page.SetViewportSizeAsync(1280, 800);
        await Assertions.Expect(visitor.Panel).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Window_NarrowedWithTheFocusInTheColumn_GivesItToTheButtonThatBringsItBack()
    {
        await using var visitor = await fixture.VisitAsync(name: "Anna");
        await visitor.Panel.WaitForAsync();
        await visitor.Page.Locator("#tab-todos").FocusAsync();

        await visitor.Page.SetViewportSizeAsync(700, 800);

        await Assertions.Expect(visitor.Panel).ToBeHiddenAsync();
        await Assertions.Expect(visitor.PanelButton).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task TimeZone_LineThatSaysSo_HasItsCrossBesideItsWords(int width)
    {
        await using var visitor = await fixture.VisitAsync(width: width, name: "Anna", timeZone: "Asia/Tokyo");
        var line = visitor.Page.Locator("#zone-line");
        await line.WaitForAsync();

        var words = (await line.Locator("span").BoundingBoxAsync())!;
        var cross = (await line.GetByRole(AriaRole.Button, new() { Name = "Close this hint" }).BoundingBoxAsync())!;

        Assert.True(cross.Y < words.Y + words.Height && cross.X >= words.X + words.Width, $"{words} {cross}");
    }
}
