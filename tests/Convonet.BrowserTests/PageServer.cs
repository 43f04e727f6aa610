using System.Runtime.CompilerServices;
using Convonet.Models;
using Convonet.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Convonet.BrowserTests;

/// <summary>The server that the page is loaded from: the real one, with the offline demo model and a database of its own.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    /// <summary>Two tools at once, which both run for a moment.</summary>
    public const string TwoTools = "Add buy milk to my list and tell me what is on my calendar tomorrow";

    /// <summary>An answer that is long enough to be stopped, cut, and reloaded while it grows.</summary>
    public const string LongAnswer = "Tell me a story";

    /// <summary>Any short answer.</summary>
    public const string SmallTalk = "Hello there";

    private readonly WebApplication _app;
    private readonly string _folder;

    private PageServer(WebApplication app, string folder) => (_app, _folder) = (app, folder);

    /// <summary>Where the page is, with a port of its own.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Options of a server that other machines can reach, where people may make accounts: whoever comes has to sign in.</summary>
    public static readonly string[] Beyond = ["--AllowedHosts", "localhost;127.0.0.1;chat.example.com", "--Convonet:Accounts:Registration", "Open"];

    public static Task<PageServer> StartAsync(CancellationToken cancellationToken, params string[] options) => StartAsync(null, cancellationToken, options);

    /// <summary>Starts a server that asks other models than the demo model.</summary>
    /// <param name="models">What it asks; null for the demo model.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="options">Options, as on the command line.</param>
    public static async Task<PageServer> StartAsync(ChatModels? models, CancellationToken cancellationToken, params string[] options)
    {
        var folder = Directory.CreateTempSubdirectory("convonet-browser-tests-").FullName;
        string[] noKeys = ["--GEMINI_API_KEY=", "--GOOGLE_API_KEY=", "--ANTHROPIC_API_KEY=", "--OPENAI_API_KEY=", "--LLM_PROVIDER="];
        var app = await ServerHost.BuildAsync(
            [
                .. noKeys,
                "--urls", "http://127.0.0.1:0",
                "--contentRoot", Path.Combine(SourceFolder(), "..", "..", "src", "Convonet.Server"),
                "--Convonet:Database", $"Data Source={Path.Combine(folder, "convonet.db")}",
                "--Convonet:Accounts:TriesPerMinute", "10000",
                .. options,
            ],
            builder =>
            {
                builder.Logging.SetMinimumLevel(LogLevel.Warning);
                if (models is not null)
                {
                    builder.Services.AddSingleton(models);
                }
            });
        await app.StartAsync(cancellationToken);
        return new PageServer(app, folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
