using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Convonet.Tests.Fakes;
using Convonet.Tests.Models.Http;
using Microsoft.AspNetCore.Http;

namespace Convonet.Tests.Security;

/// <summary>
/// A whole server with keys, passwords, a PIN, tokens, a secret link and a user's words, through sign-in, providers that throw the key back, a failure of the store, a kill, a crash,
/// restarts and a start that fails: none of them is in what it prints, also while it dies of an exception, exports, answers and keeps; the words are kept and nowhere else.
/// </summary>
public sealed class CanaryRunTests : IAsyncLifetime
{
    private const string Password = "canary-password-41c7";
    private const string OtherPassword = "canary-password-52d8";
    private const string Pin = "916273";
    private const string DatabasePassword = "canary-database-63e9";
    private const string Words = "canary words of a user 74fa";

    /// <summary>What a process ends with that aborts.</summary>
    private const int Aborted = 134;

    private static readonly Dictionary<string, string> Keys = new()
    {
        ["gemini"] = "canary-gemini-key-0a1b",
        ["claude"] = "canary-claude-key-1b2c",
        ["openai"] = "canary-openai-key-2c3d",
    };

    private readonly ConcurrentQueue<string> _exported = new();
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly List<string> _answers = [];
    private readonly List<string> _secrets = [Password, OtherPassword, Pin, DatabasePassword, .. Keys.Values];
    private LoopbackServer _outside = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _outside = await LoopbackServer.StartAsync(tls: false, AnswerAsync);

    public async ValueTask DisposeAsync()
    {
        await _outside.DisposeAsync();
        _arrived.Dispose();
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Secrets_ThroughFailuresACrashAndARestart_AreNowhere(string kind)
    {
        await using var database = await TestDatabase.CreateEmptyAsync(kind);
        _secrets.AddRange(PostgresDatabase.PasswordOf(database.ConnectionString));
        var printed = new List<string>();
        await using (var server = await StartAsync(database, ("CONVONET_FAIL_AT", "accept.before_commit:4:throw")))
        {
            await TalkAsync(server, isFirst: true);
            await server.SaysAsync("Fail-point accept.before_commit");
            printed.AddRange(server.Said);
        } // killed in mid-flight

        await using (var server = await StartAsync(database, ("CONVONET_FAIL_AT", "terminal.after_commit:1:kill")))
        {
            await Record.ExceptionAsync(() => TalkAsync(server, isFirst: false));
            await server.EndsAsync();
            printed.AddRange(server.Said);
        }

        var crashed = new List<string>();
        await using (var server = await StartAsync(database, ("CONVONET_FAIL_AT", "accept.before_commit:4:crash")))
        {
            await Record.ExceptionAsync(() => TalkAsync(server, isFirst: false));
            await server.EndsAsync();
            Assert.Equal(Aborted, server.ExitCode);
            crashed.AddRange(server.Said.SkipWhile(line => !line.Contains("Unhandled exception", StringComparison.Ordinal)));
            printed.AddRange(server.Said);
        }

        await using (var server = await StartAsync(database, ("Convonet__Database", $"Host=127.0.0.1;Port=1;Database=x;Username=u;Password={DatabasePassword}")))
        {
            await server.EndsAsync();
            Assert.Contains(server.Said, line => line.Contains("cannot start", StringComparison.Ordinal));
            printed.AddRange(server.Said);
        }

        var kept = await database.ReadAllAsync();

        // Each place has been reached, and the search finds what is there.
        Assert.All(Keys.Values, key => Assert.Contains(_asked, headers => headers.Contains(key, StringComparison.Ordinal)));
        Assert.Contains(printed, line => line.Contains("Fail-point accept.before_commit", StringComparison.Ordinal));
        Assert.Contains(_exported, batch => batch.Contains("/api/account/login", StringComparison.Ordinal));
        Assert.Contains(_exported, batch => batch.Contains("/api/calendar.ics", StringComparison.Ordinal));
        Assert.Contains(crashed, line => line.Contains("ModelException", StringComparison.Ordinal));
        Assert.Contains("anna@example.com", kept, StringComparison.Ordinal);
        Assert.Contains(Words, kept, StringComparison.Ordinal);
        Assert.Contains(_answers, answer => answer.Contains("unauthorized", StringComparison.Ordinal));
        Assert.All(_secrets, secret =>
        {
            Assert.DoesNotContain(printed, line => line.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(_exported, batch => batch.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(_answers, answer => answer.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(secret, kept, StringComparison.Ordinal);
        });
        Assert.DoesNotContain(printed, line => line.Contains(Words, StringComparison.Ordinal));
        Assert.DoesNotContain(_exported, batch => batch.Contains(Words, StringComparison.Ordinal));
    }

    private Task<CanaryProcess> StartAsync(TestDatabase database, (string Name, string Value) variable) => CanaryProcess.StartAsync(
        new Dictionary<string, string>
        {
            ["GEMINI_API_KEY"] = Keys["gemini"],
            ["ANTHROPIC_API_KEY"] = Keys["claude"],
            ["OPENAI_API_KEY"] = Keys["openai"],
            ["LLM_PROVIDER"] = "gemini",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _outside.Address.ToString(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
            ["Convonet__Accounts__Owner__Email"] = "anna@example.com",
            ["Convonet__Accounts__Owner__Password"] = Password,
            ["Convonet__Database"] = database.ConnectionString,
            [variable.Name] = variable.Value,
        },
        "--urls", "http://127.0.0.1:0",
        "--contentRoot", Repository.PathOf("src", "Convonet.Server"),
        "--Logging:LogLevel:Default", "Trace", "--Logging:LogLevel:Microsoft.AspNetCore", "Trace", "--Logging:LogLevel:Microsoft.EntityFrameworkCore", "Debug",
        "--Convonet:Gemini:BaseAddress", _outside.Address.ToString(), "--Convonet:Claude:BaseAddress", _outside.Address.ToString(), "--Convonet:OpenAI:BaseAddress", new Uri(_outside.Address, "v1").ToString(),
        "--Convonet:SpeechToText", "none", "--Convonet:TextToSpeech", "none");

    /// <summary>Signs in by every door, rightly and wrongly, and asks every provider.</summary>
    private async Task TalkAsync(CanaryProcess server, bool isFirst)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = server.Address, Timeout = TestServer.Patience };
        await PostAsync(http, "login", new { email = "anna@example.com", password = OtherPassword });
        using (var page = await http.PostAsJsonAsync("api/account/login", new { email = "anna@example.com", password = Password }, Token))
        {
            _secrets.AddRange(page.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split('=', 2)[1].Split(';')[0]).Where(value => value.Length > 20));
        }

        var tokens = JsonElement.Parse(await (await http.PostAsJsonAsync("api/account/token", new { email = "anna@example.com", password = Password }, Token)).Content.ReadAsStringAsync(Token));
        _secrets.AddRange([tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!]);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _secrets[^2]);
        using var pin = await http.PutAsJsonAsync("api/account/pin", new { pin = Pin }, Token);
        var link = JsonElement.Parse(await (await http.PostAsync("api/calendar-link", null, Token)).Content.ReadAsStringAsync(Token)).GetProperty("url").GetString()!;
        _secrets.Add(link[(link.IndexOf("key=", StringComparison.Ordinal) + 4)..]);
        await http.GetStringAsync(new Uri(link).PathAndQuery, Token);
        await PostAsync(http, "password", new { current = OtherPassword, @new = "short" });

        var voice = new UriBuilder(server.Address) { Scheme = "ws", Path = "/voice" }.Uri;
        using var stranger = await VoiceClient.ConnectAsync(null!, address: voice);
        await stranger.SendAsync("authenticate", new { user = "anna", pin = Pin });
        await stranger.SendTextAsync($$"""{"event":"authenticate","data":{"pin":["{{Pin}}"]} }""");
        _answers.AddRange((await stranger.UntilAsync("error")).Select(one => one.Raw));
        using var client = await VoiceClient.ConnectAsync(null!, address: voice, headers: [("Authorization", $"Bearer {_secrets[^3]}")]);
        foreach (var provider in Keys.Keys)
        {
            await client.SendAsync("set_provider", new { provider });
            await client.AskAsync(Words);
            _answers.AddRange((await client.UntilAsync("agent_response")).Select(one => one.Raw));
        }

        await client.AskAsync($"{Words}, again");
        if (isFirst)
        {
            _answers.AddRange((await client.UntilAsync("error")).Select(one => one.Raw));
            await UntilExportedAsync("/api/calendar.ics");
        }
    }

    private async Task PostAsync(HttpClient http, string path, object body)
    {
        using var response = await http.PostAsJsonAsync($"api/account/{path}", body, Token);
        _answers.Add(await response.Content.ReadAsStringAsync(Token));
    }

    private async Task UntilExportedAsync(string text)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TestServer.Patience);
        while (!_exported.Any(batch => batch.Contains(text, StringComparison.Ordinal)))
        {
            await _arrived.WaitAsync(patience.Token);
        }
    }

    /// <summary>Takes what is exported, and refuses what is asked of a model, with all that came along thrown back.</summary>
    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (context.Request.Path.StartsWithSegments("/v1/traces") || context.Request.Path.StartsWithSegments("/v1/metrics"))
        {
            _exported.Enqueue(Encoding.Latin1.GetString(body.ToArray()));
            _arrived.Release();
            return;
        }

        var headers = string.Join(", ", context.Request.Headers.Select(header => $"{header.Key}: {header.Value}")) + context.Request.QueryString;
        _asked.Enqueue(headers);
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        await context.Response.WriteAsJsonAsync(new { error = new { code = 401, status = "UNAUTHENTICATED", type = "authentication_error", message = $"Wrong key: {headers}" } }, context.RequestAborted);
    }
}
