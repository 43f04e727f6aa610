using System.Text.Json.Nodes;
using System.Threading.Channels;
using static Convonet.BrowserTests.ScriptedServer;

namespace Convonet.BrowserTests;

/// <summary>A scripted server that hears and speaks, a visitor of its page, and what the page told it.</summary>
internal sealed class VoiceScript : IAsyncDisposable
{
    /// <summary>The answer that <see cref="Speak"/> speaks: two sentences, of 20 and 24 characters.</summary>
    public const string Answer = "You have one thing. It is buying some milk.";

    /// <summary>Samples of a sentence of <see cref="Speak"/>.</summary>
    public const int SentenceSamples = 2 * Wave.Rate;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<(string Event, JsonNode Data)> _told = Channel.CreateUnbounded<(string, JsonNode)>();
    private readonly Channel<byte[]> _frames = Channel.CreateUnbounded<byte[]>();
    private ScriptedServer? _server;
    private Visitor? _visitor;

    private VoiceScript()
    {
    }

    public ScriptedServer Server => _server!;

    public Visitor Visitor => _visitor!;

    public IPage Page => Visitor.Page;

    public ILocator Mic => Page.GetByRole(AriaRole.Button, new() { Name = "Talk" });

    public ILocator Line => Page.Locator("#voice-line");

    /// <summary>Loads the page.</summary>
    /// <param name="fixture">With the browser.</param>
    /// <param name="speech">What the server says of its engines; without it, that it has both.</param>
    /// <param name="width">Of the window.</param>
    /// <param name="colors">What the visitor's system prefers.</param>
    public static async Task<VoiceScript> VisitAsync(PageFixture fixture, string? speech = null, int width = 1280, ColorScheme colors = ColorScheme.Light)
    {
        var script = new VoiceScript();
        script._visitor = await fixture.VisitAsync(width: width, height: 844, colors: colors, prepare: async page =>
        {
            await page.AddInitScriptAsync(scriptPath: Path.Combine(AppContext.BaseDirectory, "sound.js"));
            var engines = JsonNode.Parse(speech ?? """{"input":{"engine":"script"},"output":{"engine":"script","voice":"tone"}}""");
            await StandInAsync(page, (_, _) => { }, script.Attach, engines);
        });
        await Assertions.Expect(script.Visitor.Provider).ToBeEnabledAsync();

        // A click waits for that; a key that is pressed on a button that is not ready yet is lost.
        await Assertions.Expect(script.Mic).ToBeEnabledAsync();
        return script;
    }

    /// <summary>The next event of that name that the page tells; others before it are passed over.</summary>
    public async Task<JsonNode> ToldAsync(string name, Func<JsonNode, bool>? when = null)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var (told, data) = await _told.Reader.ReadAsync(limit.Token);
            if (told == name && (when is null || when(data)))
            {
                return data;
            }
        }
    }

    /// <summary>What the page has told and nobody has asked for yet.</summary>
    public string[] Untaken()
    {
        var names = new List<string>();
        while (_told.Reader.TryRead(out var told))
        {
            names.Add(told.Event);
        }

        return [.. names];
    }

    /// <summary>The frames of the microphone that came until now, and with it all until so many have come.</summary>
    public async Task<byte[][]> FramesAsync(int count)
    {
        using var limit = new CancellationTokenSource(Patience);
        var frames = new List<byte[]>();
        while (frames.Count < count || _frames.Reader.TryPeek(out _))
        {
            frames.Add(await _frames.Reader.ReadAsync(limit.Token));
        }

        return [.. frames];
    }

    /// <summary>Switches hands-free on.</summary>
    public async Task StartAsync()
    {
        await Mic.ClickAsync();
        await ToldAsync("start_recording");
        Say("recording", """{"state":"on","mode":"hands_free"}""");
        await Assertions.Expect(Line).ToContainTextAsync("Listening");
    }

    /// <summary>Plays sound into the page's microphone.</summary>
    public Task SayAsync(short[] samples) => Page.EvaluateAsync("wav => window.sound.say(wav)", Wave.ToWav(samples));

    /// <summary>Sends an event of the connection.</summary>
    public void Say(string name, string data) => Server.Say(new JsonObject { ["event"] = name, ["data"] = JsonNode.Parse(data) });

    /// <summary>The text of the answer, as turn 1, which was spoken.</summary>
    public void Write() => Server.Play(
        Event("accepted", 1, ("text", "what is on my list"), ("client_msg_id", "v_1")), Event("agent_stream_chunk.text", 1, ("text", Answer)), Event("agent_response", 1, ("text", Answer)));

    /// <summary>The speech of the answer: all of it at once, 4 s.</summary>
    public void Speak()
    {
        Say("speech", """{"turn":1,"sentence":0,"start":0,"length":20}""");
        Send(Wave.Frames(1, 0, 0, Wave.Tone(330, 2)));
        Say("speech", """{"turn":1,"sentence":1,"start":20,"length":23}""");
        Send(Wave.Frames(1, 1, SentenceSamples, Wave.Tone(440, 2)));
        Say("speech_end", """{"turn":1,"samples":64000}""");
    }

    /// <summary>An `interrupted` of turn 1.</summary>
    public void Interrupt(int heard) => Server.Play(new JsonObject { ["event"] = "interrupted", ["data"] = new JsonObject { ["turn"] = 1, ["heard"] = heard }, ["epoch"] = 1 });

    /// <summary>The clock of the loudspeaker, in seconds.</summary>
    public Task<double> NowAsync() => Page.EvaluateAsync<double>("() => window.sound.player.currentTime");

    /// <summary>Waits until something was to be heard for so many seconds since then.</summary>
    public Task HeardAsync(double seconds, double since = 0) =>
        Page.WaitForFunctionAsync("([seconds, since]) => window.sound.loudSince(since) >= seconds", new[] { seconds, since });

    /// <summary>Waits until nothing is to be heard, for so many seconds that begin after then.</summary>
    public Task QuietAsync(double seconds, double since) =>
        Page.WaitForFunctionAsync("([seconds, since]) => window.sound.quietFor(seconds, since)", new[] { seconds, since });

    public async ValueTask DisposeAsync() => await Visitor.DisposeAsync();

    private void Attach(ScriptedServer server)
    {
        _server = server;
        server.OnVoice = (name, data) => _told.Writer.TryWrite((name, data.DeepClone()));
        server.OnSound = frame => _frames.Writer.TryWrite(frame);
    }

    private void Send(IEnumerable<byte[]> frames)
    {
        foreach (var frame in frames)
        {
            Server.Sound(frame);
        }
    }
}
