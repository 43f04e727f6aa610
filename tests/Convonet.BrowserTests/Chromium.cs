[assembly: AssemblyFixture(typeof(Convonet.BrowserTests.Chromium))]

// They wait more than they work: for words that stream, for sound, for the moment that a page gives somebody to undo.
[assembly: Xunit.v3.Parallelization(MaxThreads = 3)]

namespace Convonet.BrowserTests;

/// <summary>The one Chromium of all tests, each of which has a storage and windows of its own in it. Where none is installed, the tests are skipped.</summary>
public sealed class Chromium : IAsyncLifetime
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

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } path)
        {
            return;
        }

        // A limit, not a wait: what a busy machine shows after 6 s is no fault of the page.
        Assertions.SetDefaultExpectTimeout(20_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = Arguments });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>Whether it is there.</summary>
    public bool IsThere => _browser is not null;

    /// <summary>A new storage; without a Chromium the test is skipped.</summary>
    internal Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions options)
    {
        SkipUnlessThere();
        return _browser!.NewContextAsync(options);
    }

    /// <summary>Another browser, for whoever needs one that begins with more than <see cref="Arguments"/>.</summary>
    internal Task<IBrowser> LaunchAsync(params string[] more)
    {
        SkipUnlessThere();
        return _playwright!.Chromium.LaunchAsync(new() { ExecutablePath = Find(), Args = [.. Arguments, .. more] });
    }

    private void SkipUnlessThere() => Assert.SkipUnless(IsThere, $"No Chromium found: set CHROMIUM_PATH, or install one of {string.Join(", ", Candidates)}.");

    private static string? Find() =>
        Environment.GetEnvironmentVariable("CHROMIUM_PATH") is { Length: > 0 } path ? path : Candidates.FirstOrDefault(File.Exists);
}
