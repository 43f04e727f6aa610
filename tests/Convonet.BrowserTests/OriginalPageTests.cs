using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Convonet.BrowserTests;

/// <summary>A page that does what the voice page of the system before does, in a browser: its own client library, a recorder on the browser's fake microphone, and a player.</summary>
[Collection(SpokenPage.Name)]
public sealed class OriginalPageTests(PageFixture fixture)
{
    private const float Patience = 60_000;
    private const string Pin = "204731";
    private const string SignedIn = "Welcome back, Anna!";

    [Fact]
    public async Task Page_SignsInTalksIsHeardAnsweredAloudRefusedAndComesBack()
    {
        var library = Path.Combine(SourceFolder(), "..", "socketio", "node_modules", "socket.io-client-4.5.4", "dist", "socket.io.min.js");
        Assert.SkipUnless(File.Exists(library), "The Socket.IO client is not installed (npm ci --prefix tests/socketio).");
        Assert.SkipUnless(File.Exists("/usr/bin/flite"), "flite is not installed (apt-get install flite).");
        Assert.SkipUnless(File.Exists("/usr/bin/ffmpeg"), "ffmpeg is not installed (apt-get install ffmpeg).");
        Assert.SkipUnless(Directory.Exists("/usr/share/pocketsphinx/model/en-us/en-us"), "pocketsphinx is not installed (apt-get install pocketsphinx pocketsphinx-en-us).");
        var folder = Directory.CreateTempSubdirectory("convonet-original-page-");
        try
        {
            var words = Path.Combine(folder.FullName, "words.wav");
            using (var flite = Process.Start("flite", ["-voice", "rms", "-t", "What is on my list?", "-o", words]))
            {
                await flite.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            await using var server = await PageServer.StartAsync(TestContext.Current.CancellationToken, [.. PageServer.Beyond, "--Convonet:Demo:Gap", "00:00:00.200"]);
            await RegisterAsync(server.Address);
            await using var line = new BreakableLine(server.Address);
            await using var browser = await fixture.LaunchAsync("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", $"--use-file-for-fake-audio-capture={words}", "--autoplay-policy=no-user-gesture-required");
            var page = await browser.NewPageAsync();
            await page.Context.GrantPermissionsAsync([Visitor.MayConnect]);
            page.SetDefaultTimeout(Patience);
            await page.RouteAsync("https://cdn.socket.io/**", route => route.FulfillAsync(new() { Path = library, ContentType = "text/javascript" }));
            await page.RouteAsync("**/webrtc/voice-assistant", route => route.FulfillAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "original-page.html"), ContentType = "text/html" }));
            await page.GotoAsync(new Uri(line.Address, "webrtc/voice-assistant").ToString());
            await UseAsync(page, line);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task UseAsync(IPage page, BreakableLine line)
    {
        var (status, lines) = (page.Locator("#statusMessage"), page.Locator(".transcript-item"));
        await Assertions.Expect(status).ToHaveTextAsync("Connected! Ready to authenticate.", new() { Timeout = Patience });

        // :: a wrong PIN, the right one, and a greeting that is heard
        await SignInAsync(page, "000000");
        await Assertions.Expect(status).ToHaveTextAsync("Invalid PIN. Please try again.", new() { Timeout = Patience });
        await SignInAsync(page, Pin);
        await Assertions.Expect(lines).ToHaveTextAsync([$"{SignedIn} I'm your Convonet productivity assistant. How can I help you today?"], new() { Timeout = Patience });
        await PlayedAsync(page, 1, atLeast: 3);

        // :: something is said, written down, answered and heard
        await TalkAsync(page);
        await FreeAsync(page);
        await Assertions.Expect(status).ToHaveTextAsync("Ready");
        Assert.Equal("agent user agent", await SpeakersAsync(page));
        Assert.All(await lines.AllInnerTextsAsync(), text => Assert.NotEmpty(text));
        await PlayedAsync(page, 2, atLeast: 0.5);
        var statuses = await page.EvaluateAsync<string[]>("() => window.page.statuses");
        Assert.Equal(["Transcribing...", "Processing your request...", "Generating speech...", "Ready"], statuses.SkipWhile(text => text != "Transcribing..."));

        // :: what cannot be heard frees the button
        await page.EvaluateAsync("() => { const read = FileReader.prototype.readAsDataURL; FileReader.prototype.readAsDataURL = function () { FileReader.prototype.readAsDataURL = read; read.call(this, new Blob(['no recording'])); }; }");
        await TalkAsync(page);
        await FreeAsync(page);
        await Assertions.Expect(status).Not.ToHaveTextAsync("Ready");
        await Assertions.Expect(lines).ToHaveCountAsync(3);

        // :: the line breaks while an answer is on its way: it comes, once, and the page goes on without another sign-in
        await page.EvaluateAsync("() => { window.page.socket.on('agent_stream_chunk', () => { window.page.began = true; }).on('connect', () => { window.page.back = true; }); }");
        await TalkAsync(page);
        await page.WaitForFunctionAsync("() => window.page.began");
        line.Break();
        await page.WaitForFunctionAsync("() => window.page.back");
        await FreeAsync(page);
        await Assertions.Expect(status).ToHaveTextAsync("Ready");
        await TalkAsync(page);
        await FreeAsync(page);
        await Assertions.Expect(status).ToHaveTextAsync("Ready");
        Assert.Equal("agent user agent user agent user agent", await SpeakersAsync(page));
    }

    private static async Task SignInAsync(IPage page, string pin)
    {
        await page.Locator("#pinInput").FillAsync(pin);
        await page.Locator("button.btn-primary").ClickAsync();
    }

    /// <summary>Records four seconds of the microphone, which says its words over and over.</summary>
    private static async Task TalkAsync(IPage page)
    {
        await page.Locator("#micButton").ClickAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('#micButton').dataset.state === 'recording' && window.page.slices >= 40");
        await page.Locator("#micButton").ClickAsync();
    }

    /// <summary>Waits until the button can be pressed again.</summary>
    private static Task FreeAsync(IPage page) => Assertions.Expect(page.Locator("#micButton[data-state=idle]")).ToBeEnabledAsync(new() { Timeout = Patience });

    private static async Task PlayedAsync(IPage page, int count, double atLeast)
    {
        await page.WaitForFunctionAsync("n => window.page.played.length >= n", count);
        Assert.True(await page.EvaluateAsync<double>("() => window.page.played.at(-1)") >= atLeast);
    }

    private static Task<string> SpeakersAsync(IPage page) => page.EvaluateAsync<string>("() => [...document.querySelectorAll('.transcript-item')].map(item => item.classList[1]).join(' ')");

    /// <summary>Anna, who has a PIN, and is the only one who has.</summary>
    private static async Task RegisterAsync(Uri address)
    {
        const string Email = "anna@example.com";
        using var http = new HttpClient { BaseAddress = address };
        var token = TestContext.Current.CancellationToken;
        using var registered = await http.PostAsJsonAsync("api/account/register", new { email = Email, password = Visitor.Password, name = "Anna", time_zone = Visitor.TimeZone }, token);
        using var signedIn = await http.PostAsJsonAsync("api/account/token", new { email = Email, password = Visitor.Password }, token);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await signedIn.Content.ReadFromJsonAsync<JsonElement>(token)).GetProperty("access_token").GetString());
        using var pin = await http.PutAsJsonAsync("api/account/pin", new { pin = Pin }, token);
        Assert.True(pin.IsSuccessStatusCode, $"{registered.StatusCode} {signedIn.StatusCode} {pin.StatusCode}");
    }

    private static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
