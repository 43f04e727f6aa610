using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Convonet.BrowserTests;

/// <summary>
/// The server that the page is loaded from: the one place that knows which. At the moment the page's own test server (`tests/page/fake-server.mjs`).
/// </summary>
internal sealed class PageServer : IAsyncDisposable
{
    /// <summary>Two tools at once, which both run for a moment.</summary>
    public const string TwoTools = "Add buy milk to my list and tell me what is on my calendar tomorrow";

    /// <summary>An answer that is long enough to be stopped, cut, and reloaded while it grows.</summary>
    public const string LongAnswer = "Tell me a story";

    /// <summary>Any short answer.</summary>
    public const string SmallTalk = "Hello there";

    private readonly Process _process;

    private PageServer(Process process, Uri address) => (_process, Address) = (process, address);

    /// <summary>Where the page is, with a port of its own.</summary>
    public Uri Address { get; }

    public static async Task<PageServer> StartAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(SourceFolder(), "..", "page", "fake-server.mjs")]) { RedirectStandardOutput = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        var address = await process.StandardOutput.ReadLineAsync(cancellationToken);

        return new PageServer(process, new Uri(address ?? throw new InvalidOperationException("The page's test server ended before it listened.")));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
