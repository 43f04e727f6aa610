namespace Convonet.BrowserTests;

/// <summary>One server for a class or a collection of tests, which are skipped where no Chromium is installed.</summary>
public sealed class PageFixture(Chromium chromium) : IAsyncLifetime
{
    private PageServer? _server;

    public async ValueTask InitializeAsync() => _server = chromium.IsThere ? await PageServer.StartAsync(TestContext.Current.CancellationToken) : null;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    /// <summary>A new visitor, with a storage and a window of their own.</summary>
    /// <param name="width">Of the window.</param>
    /// <param name="height">Of the window.</param>
    /// <param name="colors">What the visitor's system prefers.</param>
    /// <param name="prepare">Called before the page is loaded.</param>
    /// <param name="name">Makes an account of this name and signs in; without it they are whom the server takes them for.</param>
    /// <param name="timeZone">Of their device; without it that of their account, for whoever has one.</param>
    /// <param name="server">Another server than the one that the tests share.</param>
    internal async Task<Visitor> VisitAsync(
        int width = 1280, int height = 800, ColorScheme colors = ColorScheme.Light, Func<IPage, Task>? prepare = null, string? name = null, PageServer? server = null, string? timeZone = null)
    {
        var address = (server ?? _server)?.Address.ToString();
        var context = await chromium.NewContextAsync(new() { BaseURL = address, ViewportSize = new() { Width = width, Height = height }, ColorScheme = colors, TimezoneId = timeZone ?? (name is null ? null : Visitor.TimeZone) });
        await context.AddInitScriptAsync(scriptPath: Path.Combine(AppContext.BaseDirectory, "observe.js"));
        var visitor = new Visitor(context, await context.NewPageAsync());
        if (name is not null)
        {
            await visitor.RegisterAsync(name);
        }

        if (prepare is not null)
        {
            await prepare(visitor.Page);
        }

        await visitor.Page.GotoAsync(address!);

        return visitor;
    }

    /// <summary>Another browser, for whoever needs one that begins with other arguments.</summary>
    internal Task<IBrowser> LaunchAsync(params string[] more) => chromium.LaunchAsync(more);
}

/// <summary>The tests of what is spoken and heard, which wait for sound in real time; they run one after the other, beside the classes of the others.</summary>
[CollectionDefinition(Name)]
public sealed class SpokenPage : ICollectionFixture<PageFixture>
{
    public const string Name = "Spoken page";
}
