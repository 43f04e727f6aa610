using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Convonet.Server;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Accounts;

/// <summary>Who can use the server after its start, and when it does not start.</summary>
[Collection(nameof(Alone))]
public sealed class StartTests
{
    private const string Way = "Set Convonet:Accounts:Owner:Email and Convonet:Accounts:Owner:Password, or Convonet:Accounts:Registration=Open, or let it listen on localhost only.";
    private static readonly string[] Owner = ["--Convonet:Accounts:Owner:Email", "me@example.com", "--Convonet:Accounts:Owner:Password", TestUser.Password];

    public static TheoryData<string[], string> Refused => new()
    {
        { ["--urls", "http://*:0"], $"other machines can reach it (it listens on http://*:0) and nobody could sign in. {Way}" },
        { ["--urls", "http://0.0.0.0:0"], $"other machines can reach it (it listens on http://0.0.0.0:0) and nobody could sign in. {Way}" },
        { ["--urls", "http://127.0.0.1:0;http://chat.example.com:0"], $"other machines can reach it (it listens on http://chat.example.com:0) and nobody could sign in. {Way}" },
        { ["--Kestrel:Endpoints:One:Url", "http://[::]:0"], $"other machines can reach it (it listens on http://[::]:0) and nobody could sign in. {Way}" },
        { ["--AllowedHosts", "chat.example.com"], $"other machines can reach it (AllowedHosts names chat.example.com) and nobody could sign in. {Way}" },
        { ["--Convonet:Proxies", "127.0.0.1"], $"other machines can reach it (Convonet:Proxies is set) and nobody could sign in. {Way}" },
        { ["--urls", "http://*:0", "--Convonet:Accounts:Registration", "Closed"], $"other machines can reach it (it listens on http://*:0) and nobody could sign in. {Way}" },
        { ["--Convonet:Accounts:Owner:Email", "me@example.com"], "Convonet:Accounts:Owner needs an Email and a Password. A password has 10 to 256 characters." },
        { ["--Convonet:Accounts:Owner:Password", TestUser.Password], "Convonet:Accounts:Owner needs an Email and a Password. This is not an e-mail address." },
        { [.. Owner, "--Convonet:Accounts:Owner:Password", "short"], "Convonet:Accounts:Owner needs an Email and a Password. Passwords must be at least 10 characters." },
        { ["--Convonet:Accounts:KeyCertificate:Path", "/nowhere/keys.pfx"], "Convonet:Accounts:KeyCertificate:Path names a file that is not there, or that cannot be read with Convonet:Accounts:KeyCertificate:Password." },
    };

    public static TheoryData<string> NoProxies => ["proxy.example.com", "10.0.0", "7", "10.0.0.0/33", "10.0.0.1:80", "0.0.0.0/0", "::/0", "127.0.0.1;10.0.0.1"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_NoSettingsWhereTheyShouldBe_IsRefusedWithOneLine(bool folderIsThere)
    {
        var folder = Directory.CreateTempSubdirectory("convonet-").FullName + Path.DirectorySeparatorChar;
        try
        {
            Directory.Delete(folder);
            _ = folderIsThere ? Directory.CreateDirectory(folder) : null;

            await Start_NobodyCouldSignIn_IsRefusedWithOneLine(
                ["--contentRoot", folder],
                $"there is no appsettings.json in {folder}. Start it in the folder with appsettings.json and wwwroot, or name that folder with --contentRoot.");
        }
        finally
        {
            _ = folderIsThere ? Record.Exception(() => Directory.Delete(folder)) : null;
        }
    }

    [Fact]
    public async Task Start_SettingsAreNoJson_IsRefusedWithOneLineThatNamesThem()
    {
        var folder = Directory.CreateTempSubdirectory("convonet-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "appsettings.json"), "{\n  \"AllowedHosts\" }", Token);

        var (exit, said, logged) = await StartAsync(["--contentRoot", folder.FullName]);
        folder.Delete(recursive: true);

        Assert.Equal((1, ""), (exit, logged));
        Assert.StartsWith($"Convonet cannot start: Failed to load configuration from file '{folder.FullName}/appsettings.json'. '}}' is invalid after a property name", said, StringComparison.Ordinal);
        Assert.Single(said.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Start_DatabaseIsNoDatabase_IsRefusedWithOneLineAndNoStackTrace()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, new string('x', 4096), Token);

        var (exit, said, logged) = await StartAsync(["--Convonet:Database", $"Data Source={file}"]);
        File.Delete(file);

        Assert.Equal(1, exit);
        Assert.StartsWith($"Convonet cannot start: The database that Convonet:Database names, {file}, cannot be used: SQLite Error 26", said, StringComparison.Ordinal);
        Assert.Single(said.TrimEnd().Split('\n'));
        Assert.DoesNotContain("   at ", said + logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_FolderOfTheDatabaseIsNotThere_IsRefusedWithOneLineAlone()
    {
        var (exit, said, logged) = await StartAsync(["--Convonet:Database", "Data Source=/nonexistent/x.db"]);

        Assert.Equal((1, $"Convonet cannot start: The database that Convonet:Database names, /nonexistent/x.db, cannot be used: SQLite Error 14: 'unable to open database file'.{Environment.NewLine}"), (exit, said));
        Assert.DoesNotContain("fail:", logged, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_DurationInDays_IsRefusedWithOneLineThatSaysHowDurationsAreWritten()
    {
        var (exit, said, _) = await StartAsync(["--Convonet:Agent:Watchdog", "5"]);

        Assert.Equal(1, exit);
        Assert.Contains("Watchdog", said, StringComparison.Ordinal);
        Assert.EndsWith($"Durations are written hh:mm:ss: 00:00:05 is five seconds, and 5 is five days.{Environment.NewLine}", said, StringComparison.Ordinal);
        Assert.Single(said.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("--Convonet:Agent:Watchdog", "5s", "Convonet:Agent:Watchdog is '5s', which is no duration. Durations are written hh:mm:ss:")]
    [InlineData("--Convonet:Agent:MaxRounds", "ten", "Convonet:Agent:MaxRounds is 'ten', which is no whole number.")]
    [InlineData("--Convonet:Hedging:Budget", "a tenth", "Convonet:Hedging:Budget is 'a tenth', which is no number (1.5, without a unit).")]
    [InlineData("--Convonet:Tools:Confirm", "create_todo;create_team", "'create_todo;create_team' is none.")]
    [InlineData("--Convonet:Database", "Host=localhost;Port=1;Database=convonet;Username=me;Password=x", "The database that Convonet:Database names, tcp://localhost:1, cannot be used: Failed to connect to")]
    [InlineData("--Convonet:Accounts:Registration", "Sometimes", "cannot start: Convonet:Accounts:Registration is 'Sometimes': it must be one of Auto, Open, Closed.")]
    [InlineData("--Convonet:Cache:Questions", "What can you do?", "cannot start: Convonet:Cache:Questions is a list: write Convonet:Cache:Questions:0, Convonet:Cache:Questions:1 and so on.")]
    [InlineData("--Convonet:Transport:AllowedOrigins:0", "https://app.example.com/", "cannot start: Convonet:Transport:AllowedOrigins:0 is 'https://app.example.com/', which is no origin as browsers write it:")]
    [InlineData("--Convonet:Transport:AllowedOrigins:0", "app.example.com", "cannot start: Convonet:Transport:AllowedOrigins:0 is 'app.example.com', which is no origin")]
    [InlineData("--Convonet:Transport:AllowedOrigins:0", "https://app.example.com:443", "cannot start: Convonet:Transport:AllowedOrigins:0 is 'https://app.example.com:443', which is no origin")]
    [InlineData("--urls", "foo", "cannot start: urls has 'foo', which is no address to listen on.")]
    [InlineData("--urls", "http://localhost:99999", "cannot start: urls has 'http://localhost:99999', which is no address to listen on.")]
    [InlineData("--Kestrel:Endpoints:One:Url", "localhost:5080", "cannot start: Kestrel:Endpoints:One:Url has 'localhost:5080', which is no address to listen on.")]
    public async Task Start_WrongValue_IsRefusedWithOneLineThatNamesTheOption(string option, string value, string why)
    {
        var (exit, said, _) = await StartAsync([option, value]);

        Assert.Equal(1, exit);
        Assert.StartsWith("Convonet cannot start: ", said, StringComparison.Ordinal);
        Assert.Contains(why, said, StringComparison.Ordinal);
        Assert.Single(said.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Start_AnotherProgramListensThere_SaysHowToTakeAnotherAddress()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();

        var (exit, said, _) = await StartAsync(["--urls", $"http://127.0.0.1:{((System.Net.IPEndPoint)other.LocalEndpoint).Port}"]);

        Assert.Equal(1, exit);
        Assert.Contains("address already in use. Stop what listens there, or name another address: --urls http://localhost:5081.", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Convonet:Hedging:MinDelay", "00:00:05", "cannot start: Convonet:Hedging:MinDelay must be at most Convonet:Hedging:MaxDelay.")]
    [InlineData("--Convonet:Hedging:Budget", "10", "cannot start: Convonet:Hedging:Budget: The field Budget must be between 0 and 1.")]
    [InlineData("--Convonet:Breaker:Break", "00:10:00", "Convonet:Breaker:Break must be at most Convonet:Breaker:MaxBreak.")]
    public async Task Start_HedgingThatCannotBe_IsRefusedWithOneLine(string option, string value, string why)
    {
        var (exit, said, _) = await StartAsync([option, value]);

        Assert.Equal(1, exit);
        Assert.Contains(why, said, StringComparison.Ordinal);
        Assert.Single(said.TrimEnd().Split('\n'));
    }

    [Fact]
    public Task Start_McpFileIsNotThere_IsRefusedWithOneLine() => Start_NobodyCouldSignIn_IsRefusedWithOneLine(
        ["--Convonet:Mcp:File", "/nowhere/mcp.json"], "Convonet:Mcp:File names /nowhere/mcp.json, and there is no such file.");

    [Theory]
    [MemberData(nameof(NoProxies))]
    public Task Start_AProxyIsNoAddress_IsRefusedWithOneLine(string proxy) => Start_NobodyCouldSignIn_IsRefusedWithOneLine(
        ["--Convonet:Proxies", $"127.0.0.1, {proxy}"],
        $"Convonet:Proxies takes IP addresses and networks such as 10.0.0.5 or 10.0.0.0/24, separated by commas; '{proxy}' is none.");

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Start_NobodyCouldSignIn_IsRefusedWithOneLine(string[] args, string line)
    {
        var (exit, said, logged) = await StartAsync(args);

        Assert.Equal((1, $"Convonet cannot start: {line}{Environment.NewLine}"), (exit, said));
        Assert.DoesNotContain("Now listening", logged, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", logged, StringComparison.Ordinal);
    }

    /// <summary>Runs the program, which must end by itself.</summary>
    private static async Task<(int Exit, string Said, string Logged)> StartAsync(string[] args)
    {
        await using var database = await TestDatabase.CreateAsync();
        var (stdErr, stdOut) = (Console.Error, Console.Out);
        using var said = new StringWriter();
        using var logged = new StringWriter();
        try
        {
            Console.SetError(said);
            Console.SetOut(logged);
            var exit = await Program.Main(
            [
                "--urls", "http://127.0.0.1:0", "--contentRoot", Repository.PathOf("src", "Convonet.Server"), "--GEMINI_API_KEY", "none", "--Convonet:Demo:Enabled", "false", .. database.Arguments, .. args,
            ]).WaitAsync(TestServer.Patience, Token);
            return (exit, said.ToString(), logged.ToString());
        }
        finally
        {
            Console.SetError(stdErr);
            Console.SetOut(stdOut);
        }
    }

    [Fact]
    public async Task Start_OwnerIsConfigured_HasTheAccountAndLetsNobodyInWithoutIt()
    {
        await using var server = await TestServer.StartAsync(["--urls", "http://0.0.0.0:0", .. Owner]);
        var address = new Uri($"http://127.0.0.1:{server.Address.Port}");
        using var http = new HttpClient { BaseAddress = address, Timeout = TestServer.Patience };

        using var before = await http.GetAsync("/api/account", Token);
        using var registered = await http.PostAsJsonAsync("/api/account/register", new { email = "eve@example.com", password = TestUser.Password, name = "Eve" }, Token);
        using var login = await http.PostAsJsonAsync("/api/account/login", new { email = "Me@Example.com", password = TestUser.Password }, Token);
        var me = await http.GetFromJsonAsync<JsonElement>("/api/account", Token);

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.OK], [before.StatusCode, registered.StatusCode, login.StatusCode]);
        Assert.False(JsonElement.Parse(await before.Content.ReadAsStringAsync(Token)).GetProperty("registration_open").GetBoolean());
        Assert.Equal(("owner", "me@example.com"), (me.GetProperty("user_name").GetString(), me.GetProperty("email").GetString()));
    }

    [Fact]
    public async Task Start_OwnerIsConfiguredLater_TakesOverWhatTheLocalOwnerHas()
    {
        await using var database = await TestDatabase.CreateAsync();
        Guid local;
        await using (var server = await TestServer.StartAsync(database.Arguments))
        {
            local = server.OwnerId;
        }

        await using (var server = await TestServer.StartAsync([.. database.Arguments, .. Owner]))
        {
            using var http = TestUser.Client(server);
            using var nobody = await http.GetAsync("/api/account", Token);
            Assert.Equal((HttpStatusCode.Unauthorized, local), (nobody.StatusCode, server.OwnerId));
        }

        // The password was set once; the configuration does not bring an old one back.
        await using (var server = await TestServer.StartAsync([.. database.Arguments, .. Owner, "--Convonet:Accounts:Owner:Password", "another password"]))
        {
            using var user = await TestUser.SignInAsync(server, "me@example.com", local);
            Assert.Equal(local, (await user.Http.GetFromJsonAsync<JsonElement>("/api/account", Token)).GetProperty("id").GetGuid());
        }
    }

    [Fact]
    public async Task Start_SomebodyHasAPassword_IsEnoughToListenBeyondLoopback()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using (var server = await TestServer.StartAsync(database.Arguments))
        {
            using var anna = await server.RegisterAsync("anna@example.com");
        }

        await using (var server = await TestServer.StartAsync([.. database.Arguments, "--AllowedHosts", "127.0.0.1;chat.example.com"]))
        {
            using var http = TestUser.Client(server);
            using var nobody = await http.GetAsync("/api/account", Token);
            Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        }
    }

    [Fact]
    public async Task Start_OnLoopbackAgain_LetsTheSameOwnerInAlthoughSomebodyElseHasAPassword()
    {
        await using var database = await TestDatabase.CreateAsync();
        Guid local;
        await using (var server = await TestServer.StartAsync(database.Arguments))
        {
            local = server.OwnerId;
            using var anna = await server.RegisterAsync("anna@example.com");
        }

        await using (var server = await TestServer.StartAsync(database.Arguments))
        {
            using var http = TestUser.Client(server);
            Assert.Equal(local, (await http.GetFromJsonAsync<JsonElement>("/api/account", Token)).GetProperty("id").GetGuid());
        }
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Start_TwoAtOnceOnOneDatabase_MakeOneOwner(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await using (await TestServer.StartAsync(TestServer.Beyond, database: database))
        {
            // Made the tables; whoever makes those of two is not what this is about.
        }

        var servers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => TestServer.StartAsync(Owner, database: database)));

        var owners = servers.Select(server => server.OwnerId).ToArray();
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }

        Assert.Equal(owners[0], owners[1]);
    }
}
