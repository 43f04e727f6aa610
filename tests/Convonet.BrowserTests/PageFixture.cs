namespace Convonet.BrowserTests;

/// <summary>One server and one Chromium for a collection of tests. Where no Chromium is installed, there is neither, and the tests are skipped.</summary>
public sealed class PageFixture : IAsyncLifetime
{
    private static readonly string[] Candidates =
    [
        "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable", "/snap/bin/chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe", @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ];

    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private PageServer? _server;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (FindChromium() is not { } chromium)
        {
            return;
        }

        // A limit, not a wait: what a busy machine shows after 6 s is no fault of the page.
        Assertions.SetDefaultExpectTimeout(20_000);
        _server = await PageServer.StartAsync(TestContext.Current.CancellationToken);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = Arguments });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();

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
        if (_browser is null || _server is null)
        {
            Assert.Skip($"No Chromium found: set CHROMIUM_PATH, or install one of {string.Join(", ", Candidates)}.");
        }

        var address = (server ?? _server).Address.ToString();
        var context = await _browser.NewContextAsync(new() { BaseURL = address, ViewportSize = new() { Width = width, Height = height }, ColorScheme = colors, TimezoneId = timeZone ?? (name is null ? null : Visitor.TimeZone) });
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

        await visitor.Page.GotoAsync(address);

        return visitor;
    }

    /// <summary>Another browser, for whoever needs one that begins with more than <see cref="Arguments"/>.</summary>
    internal async Task<IBrowser> LaunchAsync(params string[] more)
    {
        if (_playwright is null)
        {
            Assert.Skip($"No Chromium found: set CHROMIUM_PATH, or install one of {string.Join(", ", Candidates)}.");
        }

        return await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = FindChromium(), Args = [.. Arguments, .. more] });
    }

    private static string? FindChromium() =>
        Environment.GetEnvironmentVariable("CHROMIUM_PATH") is { Length: > 0 } path ? path : Candidates.FirstOrDefault(File.Exists);
}

/// <summary>The tests of what is seen and typed; they run one after the other, beside those of <see cref="SpokenPage"/>.</summary>
[CollectionDefinition(Name)]
public sealed class SharedPage : ICollectionFixture<PageFixture>
{
    public const string Name = "Page";
}

/// <summary>The tests of what is spoken and heard, which wait for sound in real time; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SpokenPage : ICollectionFixture<PageFixture>
{
    public const string Name = "Spoken page";
}
