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
}
