using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server;
using Convonet.Server.Store;
using Convonet.Voice;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Fakes;

/// <summary>The real server on a free port of the loopback, with scripted models, an empty store and no key of this machine.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    /// <summary>Bounds every wait of a test.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Options of a server that other machines can reach, through a proxy, where people may register: whoever comes has to sign in.</summary>
    public static readonly string[] Beyond = ["--AllowedHosts", "localhost;127.0.0.1;[::1];chat.example.com", "--Convonet:Accounts:Registration", "Open"];

    private readonly TestDatabase _database;
    private readonly bool _ownsDatabase;
    private WebApplication? _app;

    private TestServer(TestDatabase database, bool ownsDatabase) => (_database, _ownsDatabase) = (database, ownsDatabase);

    /// <summary>The default provider, <c>first</c>.</summary>
    public ScriptedModel Model { get; } = new("first");

    /// <summary>Another provider, <c>second</c>.</summary>
    public ScriptedModel Other { get; } = new("second");

    /// <summary>What the server logs.</summary>
    public ListLog Log { get; } = new();

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The WebSocket's address.</summary>
    public Uri Voice => new UriBuilder(Address) { Scheme = "ws", Path = "/voice" }.Uri;

    public IServiceProvider Services => _app!.Services;

    /// <summary>Starts a server.</summary>
    /// <param name="args">Options, as on the command line.</param>
    /// <param name="time">A clock that only the test moves.</param>
    /// <param name="tools">Tools besides the built-in ones.</param>
    /// <param name="demo">Whether the demo model answers instead of the scripted ones.</param>
    /// <param name="script">Writes what <see cref="Model"/> says before the server starts, for turns that it takes up at once.</param>
    /// <param name="database">A database that outlives it; without one it gets a SQLite file of its own.</param>
    /// <param name="voice">What it hears and speaks with, in place of this machine's engines.</param>
    /// <param name="services">Services besides its own.</param>
    public static async Task<TestServer> StartAsync(
        IEnumerable<string>? args = null,
        FakeTimeProvider? time = null,
        IEnumerable<AIFunction>? tools = null,
        bool demo = false,
        Action<ScriptedModel>? script = null,
        TestDatabase? database = null,
        VoiceEngines? voice = null,
        Action<IServiceCollection>? services = null)
    {
        var server = new TestServer(database ?? await TestDatabase.CreateAsync(), ownsDatabase: database is null);
        script?.Invoke(server.Model);
        server._app = await ServerHost.BuildAsync([.. server.Arguments(demo), .. args ?? []], builder =>
        {
            builder.Logging.ClearProviders().AddProvider(server.Log);
            // Tests check many passwords and none that is worth the work.
            builder.Services.Configure<PasswordHasherOptions>(options => options.IterationCount = 1000);
            if (!demo)
            {
                builder.Services.AddSingleton(new ChatModels([new(server.Model, true, false), new(server.Other, true, false)], "first", []));
            }

            if (time is not null)
            {
                builder.Services.AddSingleton<TimeProvider>(time);
            }

            if (voice is not null)
            {
                builder.Services.AddSingleton(voice);
            }

            services?.Invoke(builder.Services);
            foreach (var tool in tools ?? [])
            {
                builder.Services.AddSingleton(tool);
            }
        });
        try
        {
            await server._app.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        server.Address = new Uri(server._app.Urls.First());
        return server;
    }

    /// <summary>Id of the local owner, who sends the requests that show nothing.</summary>
    public Guid OwnerId
    {
        get
        {
            using var db = Services.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContext();
            return db.Users.Single(user => user.UserName == "owner").Id;
        }
    }

    /// <summary>Makes an account, as somebody else than the local owner.</summary>
    public Task<TestUser> RegisterAsync(string email, string name = "Anna Muster", string timeZone = "Europe/Zurich") => TestUser.RegisterAsync(this, email, name, timeZone);

    /// <summary>Stops it as an operator would.</summary>
    public Task StopAsync() => _app!.StopAsync(TestContext.Current.CancellationToken);

    /// <summary>Goes on with what an earlier server left unfinished; what the start does on its own is done when this returns.</summary>
    /// <returns>How many conversations were still unfinished.</returns>
    public async Task<int> WakeAsync() => (await Services.GetRequiredService<LocalConversationDirectory>().TakeUpAsync(TestContext.Current.CancellationToken)).Count;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        if (_ownsDatabase)
        {
            await _database.DisposeAsync();
        }
    }

    private IEnumerable<string> Arguments(bool demo) =>
    [
        "--urls", "http://127.0.0.1:0",
        "--contentRoot", Repository.PathOf("src", "Convonet.Server"),
        .. _database.Arguments,
        "--GEMINI_API_KEY=", "--GOOGLE_API_KEY=", "--ANTHROPIC_API_KEY=", "--OPENAI_API_KEY=", "--LLM_PROVIDER=", "--OTEL_EXPORTER_OTLP_ENDPOINT=",
        "--Convonet:Transport:DrainTime", "00:00:00",
        "--Convonet:Speech:MakePhrases", "false",
        "--Convonet:Accounts:TriesPerMinute", "10000",
        "--Convonet:Demo:Enabled", $"{demo}",
        "--Convonet:Demo:FirstDelay", "00:00:00", "--Convonet:Demo:Gap", "00:00:00", "--Convonet:Demo:ToolDelay", "00:00:00",
    ];
}
