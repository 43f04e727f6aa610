using System.Text.Json;
using System.Text.Json.Nodes;

namespace Convonet.BrowserTests;

/// <summary>Someone who uses the page: what they can do and see, and what went wrong meanwhile.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    /// <summary>The password of everybody who has an account.</summary>
    public const string Password = "correct horse battery";

    /// <summary>The time zone of everybody who has an account.</summary>
    public const string TimeZone = "Europe/Zurich";

    /// <summary>What a page needs that comes from the test and not from the server: the browser does not know that it is of this machine.</summary>
    public const string MayConnect = "local-network-access";

    private readonly IBrowserContext _context;
    private readonly List<string> _errors = [];
    private readonly List<JsonNode> _answers = [];

    public Visitor(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) => NoteConsole(message);
        page.PageError += (_, error) => Note(error);
        page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) => NoteFrame(frame.Text);
    }

    public IPage Page { get; }

    /// <summary>Statuses of refused requests that belong to the test.</summary>
    public List<int> ExpectedRefusals { get; } = [];

    public IBrowserContext Context => _context;

    public ILocator MessageBox => Page.GetByLabel("Message", new() { Exact = true });

    public ILocator Answers => Page.Locator(".answer");

    public ILocator RunningCards => Page.Locator(".tool-card[data-state=running]");

    public ILocator Provider => Page.Locator("#provider");

    /// <summary>The state of the newest answer: `running` or an outcome.</summary>
    public ILocator NewestAnswer(string state) => Page.Locator($"#turns > .turn:last-child > .answer[data-state={state}]");

    /// <summary>E-mail address of the account, for whoever has one.</summary>
    public string Email { get; } = $"{Guid.NewGuid():N}@example.com";

    public ILocator Panel => Page.Locator("#panel");

    public ILocator PanelButton => Page.Locator("#panel-button");

    public ILocator OpenTodos => Page.GetByRole(AriaRole.List, new() { Name = "Open todos" }).GetByRole(AriaRole.Listitem);

    /// <summary>Makes an account and signs in, before or beside the page.</summary>
    public async Task RegisterAsync(string name)
    {
        var response = await _context.APIRequest.PostAsync("api/account/register", new() { DataObject = new { email = Email, password = Password, name, time_zone = TimeZone } });
        Assert.True(response.Ok, await response.TextAsync());
    }

    /// <summary>Another tab of the same person.</summary>
    public async Task<IPage> OpenAnotherTabAsync()
    {
        var tab = await _context.NewPageAsync();
        await tab.GotoAsync("");
        return tab;
    }

    public Task ChooseTabAsync(string name) => Page.GetByRole(AriaRole.Tab, new() { Name = name }).ClickAsync();

    /// <summary>Writes a todo into the panel's field.</summary>
    public async Task AddTodoAsync(string title)
    {
        await Page.GetByLabel("New todo").FillAsync(title);
        await Page.GetByLabel("New todo").PressAsync("Enter");
        await Assertions.Expect(OpenTodos.Filter(new() { HasText = title })).ToBeVisibleAsync();
    }

    public async Task AskAsync(string text)
    {
        await MessageBox.FillAsync(text);
        await MessageBox.PressAsync("Enter");
    }

    /// <summary>Waits until the newest answer shows this many characters and is still growing.</summary>
    public async Task AnswerGrowsToAsync(int characters) =>
        await Page.WaitForFunctionAsync("n => window.observed.lengthOfRunning() >= n", characters);

    public Task<T> ObservedAsync<T>(string name) => Page.EvaluateAsync<T>($"() => window.observed.{name}");

    /// <summary>Puts the keyboard where a reader of the page begins, before the first control.</summary>
    public Task FocusStartAsync() => Page.EvaluateAsync("() => { document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex'); }");

    /// <summary>As after a restart of the server: event numbers that were kept count no more, and the next reload gets a snapshot.</summary>
    public Task ForgetEpochAsync() => Page.AddInitScriptAsync("""
        const kept = JSON.parse(sessionStorage.getItem('convonet.conversation') ?? 'null');
        if (kept) sessionStorage.setItem('convonet.conversation', JSON.stringify({ ...kept, epoch: kept.epoch + 7 }));
        """);

    public Task CloseSocketAsync() => Page.EvaluateAsync("() => window.observed.sockets.at(-1).close()");

    /// <summary>The letters and digits of the newest answer, so that markup and line breaks do not count.</summary>
    public async Task<string> ShownLettersAsync() => Letters(string.Concat(await Answers.Last.Locator(".rich-text").AllTextContentsAsync()));

    /// <summary>The letters and digits of the text that the server says it sent in this turn: at its end, or, to a page that was elsewhere then, in a snapshot.</summary>
    public string SentLetters(int turn)
    {
        lock (_answers)
        {
            var answer = _answers.Last(data => (int?)data["turn"] == turn);
            return Letters((string?)answer["text"] ?? "");
        }
    }

    /// <summary>Fails when a script threw, something was logged as an error, or the Content-Security-Policy had to step in.</summary>
    public async Task AssertNothingWentWrongAsync()
    {
        Assert.Empty(await ObservedAsync<string[]>("violations"));
        lock (_errors)
        {
            Assert.Empty(_errors);
        }
    }

    public async ValueTask DisposeAsync() => await _context.CloseAsync();

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit));

    private void NoteConsole(IConsoleMessage message)
    {
        // A connection that is cut on purpose is reported by the browser itself.
        // So is an answer that refuses something.
        if (message.Type is "error" or "warning" && !message.Text.StartsWith("WebSocket connection to", StringComparison.Ordinal)
            && !ExpectedRefusals.Any(status => message.Text.Contains($"status of {status} ", StringComparison.Ordinal)))
        {
            Note(message.Text);
        }
    }

    private void Note(string error)
    {
        lock (_errors)
        {
            _errors.Add(error);
        }
    }

    private void NoteFrame(string? text)
    {
        if (text is not ['{', ..] || JsonSerializer.Deserialize<JsonNode>(text) is not { } frame)
        {
            return;
        }

        lock (_answers)
        {
            _answers.AddRange((string?)frame["event"] switch
            {
                "agent_response" => [frame["data"]!],
                "snapshot" => frame["data"]!["turns"]!.AsArray().OfType<JsonNode>().Where(static turn => turn["outcome"] is not null),
                _ => [],
            });
        }
    }
}
