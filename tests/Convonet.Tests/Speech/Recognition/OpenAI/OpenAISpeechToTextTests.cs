using System.Net;
using Convonet.Speech.Recognition;
using Convonet.Speech.Recognition.OpenAI;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Speech.Recognition.OpenAI;

public sealed class OpenAISpeechToTextTests
{
    private const string Key = "sk-secret-key";
    private const int FrameBytes = 640;

    private readonly ListLogger<OpenAISpeechToText> _log = new();
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FinishUtterance_ASecondOfAudio_IsSentAsAFileAndHeard()
    {
        var http = new CannedHttpHandler(() => Json("""{"text":" Add milk. "}"""));
        await using var session = await OpenAsync(http);

        Push(session, 50, TimeSpan.FromSeconds(3));
        session.FinishUtterance();
        var heard = await NextAsync(session);

        Assert.Equal(new Transcript(0, "Add milk.", TimeSpan.FromSeconds(4)) { IsFinal = true, IsSettled = true }, heard);
        var request = Assert.Single(http.Requests);
        Assert.Equal("https://api.openai.com/v1/audio/transcriptions", request.Uri.ToString());
        Assert.Equal($"Bearer {Key}", request.Headers.Authorization?.ToString());
        Assert.StartsWith("multipart/form-data", request.ContentType, StringComparison.Ordinal);
        Assert.Contains("gpt-transcribe", request.Body, StringComparison.Ordinal);
        Assert.Contains("speech.wav", request.Body, StringComparison.Ordinal);
        Assert.Contains("RIFF", request.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FinishUtterance_HardlyAnyAudio_IsEmptyWithoutARequest()
    {
        var http = new CannedHttpHandler(() => Json("""{"text":"you"}"""));
        await using var session = await OpenAsync(http);

        Push(session, 1, TimeSpan.Zero);
        session.FinishUtterance();

        Assert.Equal("", (await NextAsync(session)).Text);
        Assert.Empty(http.Requests);
    }

    [Fact]
    public async Task FinishUtterance_TheServerFails_IsEmptyAndTheSessionGoesOn()
    {
        var answers = new Queue<HttpResponseMessage>([Json("{}", 400), Json("""{"text":"Thanks."}""")]);
        await using var session = await OpenAsync(new CannedHttpHandler(answers.Dequeue));

        Push(session, 50, TimeSpan.Zero);
        session.FinishUtterance();
        var failed = await NextAsync(session);
        Push(session, 50, TimeSpan.FromSeconds(1));
        session.FinishUtterance();
        var heard = await NextAsync(session);

        Assert.Equal((0, ""), (failed.Utterance, failed.Text));
        Assert.Equal((1, "Thanks."), (heard.Utterance, heard.Text));
        Assert.Contains("HTTP 400", Assert.Single(_log.Lines).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FinishUtterance_TheLibraryBreaks_IsEmptyAndTheSessionGoesOn()
    {
        var answers = new Queue<Func<HttpResponseMessage>>([() => throw new NotSupportedException("secret"), () => Json("""{"text":"Thanks."}""")]);
        await using var session = await OpenAsync(new CannedHttpHandler(() => answers.Dequeue()()));

        Push(session, 50, TimeSpan.Zero);
        session.FinishUtterance();
        var failed = await NextAsync(session).WaitAsync(TestServer.Patience, Token);
        Push(session, 50, TimeSpan.FromSeconds(1));
        session.FinishUtterance();
        var heard = await NextAsync(session).WaitAsync(TestServer.Patience, Token);

        Assert.Equal((0, "", true), (failed.Utterance, failed.Text, failed.IsFinal));
        Assert.Equal((1, "Thanks."), (heard.Utterance, heard.Text));
        Assert.DoesNotContain("secret", Assert.Single(_log.Lines).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TranscribeAsync_AClip_IsSentAsItIs()
    {
        var http = new CannedHttpHandler(() => Json("""{"text":" Yes. "}"""));

        var text = await Engine(http).TranscribeAsync("the whole clip"u8.ToArray(), "webm", Token);

        Assert.Equal("Yes.", text);
        var request = Assert.Single(http.Requests);
        Assert.Contains("speech.webm", request.Body, StringComparison.Ordinal);
        Assert.Contains("the whole clip", request.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, RecognitionErrorKind.BadAudio)]
    [InlineData(401, RecognitionErrorKind.Unauthorized)]
    [InlineData(413, RecognitionErrorKind.BadAudio)]
    [InlineData(422, RecognitionErrorKind.Failed)]
    public async Task TranscribeAsync_Refused_SaysWhyWithoutTheKey(int status, RecognitionErrorKind kind)
    {
        var engine = Engine(new CannedHttpHandler(() => Json("{\"error\":{\"message\":\"" + Key + "\"}}", status)));

        var error = await Assert.ThrowsAsync<RecognitionException>(() => engine.TranscribeAsync(new byte[9], "webm", Token));

        Assert.Equal(kind, error.Kind);
        Assert.DoesNotContain(Key, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FinishUtterance_TheKeyIsRefused_FailsTheSessionWithoutTheKey()
    {
        await using var session = await OpenAsync(new CannedHttpHandler(() => Json("{\"error\":{\"message\":\"Incorrect API key: " + Key + "\"}}", 401)));

        Push(session, 50, TimeSpan.Zero);
        session.FinishUtterance();
        var error = await Assert.ThrowsAsync<RecognitionException>(() => NextAsync(session));

        Assert.Equal(RecognitionErrorKind.Unauthorized, error.Kind);
        Assert.DoesNotContain(Key, error.ToString(), StringComparison.Ordinal);
        Assert.Throws<RecognitionException>(() => Push(session, 1, TimeSpan.Zero));
    }

    [Fact]
    public async Task FinishUtterance_NoAnswerInTime_IsEmpty()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var session = await OpenAsync(new SilentHandler(asked));
        Push(session, 50, TimeSpan.Zero);
        session.FinishUtterance();
        await asked.Task.WaitAsync(Token);

        _time.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal("", (await NextAsync(session)).Text);
        Assert.Contains("15 s", Assert.Single(_log.Lines).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_MoreThanAMinute_SendsTheFirstMinute()
    {
        var http = new CannedHttpHandler(() => Json("""{"text":"Long."}"""));
        await using var session = await OpenAsync(http);

        for (var second = 0; second < 70; second++)
        {
            Push(session, 50, TimeSpan.FromSeconds(second));
        }

        session.FinishUtterance();
        await NextAsync(session);

        Assert.InRange(Assert.Single(http.Requests).Body.Length, 60 * RecognitionLimits.BytesPerSecond, 61 * RecognitionLimits.BytesPerSecond);
    }

    private static HttpResponseMessage Json(string body, int status = 200) =>
        new((HttpStatusCode)status) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };

    private static void Push(IRecognitionSession session, int frames, TimeSpan from)
    {
        for (var i = 0; i < frames; i++)
        {
            session.Push(new byte[FrameBytes], from + (i * TimeSpan.FromMilliseconds(20)));
        }
    }

    private static async Task<Transcript> NextAsync(IRecognitionSession session)
    {
        await foreach (var transcript in session.ReadAsync(Token))
        {
            return transcript;
        }

        throw new InvalidOperationException("The transcripts ended.");
    }

    private Task<IRecognitionSession> OpenAsync(HttpMessageHandler http) => Engine(http).OpenAsync(Token);

    private OpenAISpeechToText Engine(HttpMessageHandler http) =>
        new(new HttpClient(http) { Timeout = Timeout.InfiniteTimeSpan }, new OpenAIListenOptions { ApiKey = Key + "\n" }, _log, _time);

    private sealed class SilentHandler(TaskCompletionSource asked) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new OperationCanceledException(cancellationToken);
        }
    }
}
