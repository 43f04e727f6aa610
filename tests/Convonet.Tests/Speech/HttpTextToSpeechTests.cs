using Convonet.Audio;
using Convonet.Speech;
using Convonet.Speech.ElevenLabs;
using Convonet.Speech.OpenAI;
using Microsoft.AspNetCore.Http;

namespace Convonet.Tests.Speech;

/// <summary>The engines that answer over HTTP behave alike.</summary>
public sealed class HttpTextToSpeechTests
{
    private static readonly byte[] Pcm = [.. Enumerable.Range(0, 50_000).Select(i => (byte)i)];

    [Fact]
    public async Task ElevenLabs_Text_IsTheDocumentedRequest()
    {
        await using var server = await FakeSpeechServer.StartAsync(FakeSpeechServer.Parts(Pcm));

        Assert.Equal(Pcm, await ElevenLabs(server).SpeakAllAsync("Say \"hi\"."));

        Assert.Equal("/v1/text-to-speech/voice1/stream?output_format=pcm_24000", server.Path);
        Assert.Equal("secret", server.Headers["xi-api-key"]);
        Assert.Equal("application/json; charset=utf-8", server.Headers["Content-Type"]);
        Assert.Equal("""{"text":"Say \u0022hi\u0022.","model_id":"eleven_flash_v2_5"}""", server.Body);
    }

    [Fact]
    public async Task OpenAI_Text_IsTheDocumentedRequest()
    {
        await using var server = await FakeSpeechServer.StartAsync(FakeSpeechServer.Parts(Pcm));

        Assert.Equal(Pcm, await OpenAI(server).SpeakAllAsync("Say hi."));

        Assert.Equal("/v1/audio/speech", server.Path);
        Assert.Equal("Bearer secret", server.Headers["Authorization"]);
        Assert.Equal("""{"model":"gpt-4o-mini-tts","input":"Say hi.","voice":"coral","response_format":"pcm"}""", server.Body);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SpeakAsync_AudioThatGoesOn_ComesAtOnce(bool isElevenLabs)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await FakeSpeechServer.StartAsync(async context =>
        {
            await FakeSpeechServer.Parts(Pcm[..1_000])(context);
            await heard.Task;
            await FakeSpeechServer.Parts(Pcm[1_000..])(context);
        });
        var all = new List<byte>();

        await foreach (var part in Engine(isElevenLabs, server).SpeakAsync("Hello", TestContext.Current.CancellationToken))
        {
            all.AddRange(part.ToArray());
            heard.TrySetResult();
        }

        Assert.Equal(Pcm, all);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SpeakAsync_Cancelled_ClosesTheRequest(bool isElevenLabs)
    {
        var end = new TaskCompletionSource();
        await using var server = await FakeSpeechServer.StartAsync(async context =>
        {
            await FakeSpeechServer.Parts(Pcm[..1_000])(context);
            await end.Task;
        });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using (var parts = Engine(isElevenLabs, server).SpeakAsync("Hello", stop.Token).GetAsyncEnumerator(TestContext.Current.CancellationToken))
        {
            Assert.True(await parts.MoveNextAsync());
            var next = parts.MoveNextAsync().AsTask();
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        }

        await server.Gone.Task.WaitAsync(TestContext.Current.CancellationToken);
        end.SetResult();
    }

    [Theory]
    [InlineData(true, 401, SpeechErrorKind.Unauthorized)]
    [InlineData(false, 401, SpeechErrorKind.Unauthorized)]
    [InlineData(true, 422, SpeechErrorKind.Refused)]
    [InlineData(false, 400, SpeechErrorKind.Refused)]
    [InlineData(true, 429, SpeechErrorKind.RateLimited)]
    [InlineData(false, 429, SpeechErrorKind.RateLimited)]
    [InlineData(true, 500, SpeechErrorKind.Unavailable)]
    [InlineData(false, 503, SpeechErrorKind.Unavailable)]
    public async Task SpeakAsync_ErrorStatus_IsItsKindWithoutTheBodysWords(bool isElevenLabs, int status, SpeechErrorKind expected)
    {
        await using var server = await FakeSpeechServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("""{"error":{"message":"secret words"}}""");
        });

        var failure = await Engine(isElevenLabs, server).FailAsync("Hello");

        Assert.Equal(expected, failure.Kind);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SpeakAsync_ConnectionCut_IsUnfinished(bool isElevenLabs)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await FakeSpeechServer.StartAsync(async context =>
        {
            await FakeSpeechServer.Parts(Pcm[..1_000])(context);
            await heard.Task;
            context.Abort();
        });
        await using var parts = Engine(isElevenLabs, server).SpeakAsync("Hello", TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await parts.MoveNextAsync());
        heard.SetResult();

        var failure = await Assert.ThrowsAsync<SpeechException>(async () =>
        {
            while (await parts.MoveNextAsync())
            {
            }
        });

        Assert.Equal(SpeechErrorKind.Unfinished, failure.Kind);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SpeakAsync_NobodyThere_IsUnavailable(bool isElevenLabs)
    {
        var server = await FakeSpeechServer.StartAsync(FakeSpeechServer.Parts());
        var engine = Engine(isElevenLabs, server, new HttpClient());
        await server.DisposeAsync();

        Assert.Equal(SpeechErrorKind.Unavailable, (await engine.FailAsync("Hello")).Kind);
    }

    [Theory]
    [InlineData(true, 24_000)]
    [InlineData(false, 24_000)]
    [InlineData(true, 44_100)]
    [InlineData(false, 44_100)]
    public async Task SpeakAsync_WavInsteadOfSamples_IsReadOrRefusedByItsRate(bool isElevenLabs, int rate)
    {
        await using var server = await FakeSpeechServer.StartAsync(FakeSpeechServer.Parts(WavFile.Create(new PcmFormat(rate), Pcm)));
        var engine = Engine(isElevenLabs, server);

        if (rate == engine.Format.SampleRate)
        {
            Assert.Equal(Pcm, await engine.SpeakAllAsync("Hello"));
        }
        else
        {
            Assert.Equal(SpeechErrorKind.WrongRate, (await engine.FailAsync("Hello")).Kind);
        }
    }

    [Fact]
    public async Task ElevenLabs_AnswerThatIsNoAudio_IsProtocol()
    {
        await using var server = await FakeSpeechServer.StartAsync(context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<html>");
        });

        Assert.Equal(SpeechErrorKind.Protocol, (await ElevenLabs(server).FailAsync("Hello")).Kind);
    }

    private static ITextToSpeech Engine(bool isElevenLabs, FakeSpeechServer server, HttpClient? http = null) => isElevenLabs ? ElevenLabs(server, http) : OpenAI(server, http);

    private static ElevenLabsTextToSpeech ElevenLabs(FakeSpeechServer server, HttpClient? http = null) =>
        new(http ?? server.Client, new ElevenLabsOptions { ApiKey = "secret\n", BaseAddress = server.Address, Voice = "voice1" });

    private static OpenAITextToSpeech OpenAI(FakeSpeechServer server, HttpClient? http = null) =>
        new(http ?? server.Client, new OpenAISpeechOptions { ApiKey = "secret\n", BaseAddress = new Uri(server.Address, "/v1") });
}
