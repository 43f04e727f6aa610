using System.Net.WebSockets;
using System.Text.Json;
using Convonet.Audio;
using Convonet.Conversations;
using Convonet.Speech.Recognition.Clips;
using Convonet.Tests.Accounts;
using Convonet.Tests.Fakes;
using Convonet.Tests.Speech;
using Convonet.Tests.Speech.Recognition.Clips;
using Convonet.Turns;
using Convonet.Voice;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Transport.SocketIo;

/// <summary>What the clients of the system before do: say something in one piece, and get an answer with its sound.</summary>
[Collection(nameof(TestServer))]
public sealed class SocketIoVoiceTests
{
    private readonly SpeechFixture _speech = new() { Fallback = null };

    [Fact]
    public async Task Recording_InBase64_IsATurnInTheOrderOfTheSystemBefore()
    {
        await using var server = await StartAsync();
        server.Model.Says("It rains.");
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.EmitAsync("start_recording");
        var started = await peer.NextAsync();
        await peer.EmitAsync("stop_recording", new { audio = EchoEar.Wav(2) });
        var events = await peer.UntilAsync("agent_response");

        Assert.Equal(("recording_started", "True"), (started.Name, started["success"]));
        Assert.Equal(["status", "transcription", "status", "accepted", "agent_stream_chunk", "agent_response"], events.Select(one => one.Name));
        Assert.Equal(("Transcribing...", "Processing your request..."), (events[0]["message"], events[2]["message"]));
        Assert.Equal(("True", "2.4"), (events[1]["success"], events[1]["text"]));
        Assert.Equal(("True", "It rains."), (events[^1]["success"], events[^1]["text"]));
        Assert.Equal(WavFile.Create(SpeechFixture.Format, SpeechFixture.Tones("It rains.")), events[^1].Data.GetProperty("audio").GetBytesFromBase64());
    }

    /// <summary>A short "yes", more than a frame, and a minute.</summary>
    [Theory]
    [InlineData(0.3, "0.7")]
    [InlineData(3, "3.4")]
    [InlineData(60, "60.4")]
    public async Task Recording_ShortOrLong_IsHeardWhole(double seconds, string heard)
    {
        await using var server = await StartAsync(new EchoEar { LongestClipPart = TimeSpan.FromMinutes(2) });
        server.Model.Says("Yes.");
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.EmitAsync("start_recording");
        await peer.EmitAsync("stop_recording", new { audio = EchoEar.Wav(seconds) });
        var events = await peer.UntilAsync("agent_response");

        Assert.Equal(heard, Assert.Single(events, one => one.Name == "transcription")["text"]);
        Assert.DoesNotContain(events, one => one.Name == "error");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task Recording_AsAnAttachment_IsATurn(int seconds)
    {
        await using var server = await StartAsync();
        server.Model.Says("Yes.");
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.SendAsync("""451-/voice,9["stop_recording",{"audio":{"_placeholder":true,"num":0},"client_msg_id":"m4"}]""");
        await peer.SendAsync(EchoEar.Wav(seconds));
        var texts = new List<string> { await peer.TextAsync(), await peer.TextAsync() };
        var events = await peer.UntilAsync("agent_response");

        Assert.Contains(texts, text => text.StartsWith("43/voice,9[", StringComparison.Ordinal));
        Assert.Equal("m4", Assert.Single(events, one => one.Name == "accepted")["client_msg_id"]);
    }

    [Fact]
    public async Task Recording_PieceByPiece_IsOneTurn()
    {
        await using var server = await StartAsync();
        server.Model.Says("Yes.");
        using var peer = await SocketIoPeer.ConnectAsync(server);
        var wav = EchoEar.Wav(2);

        await peer.EmitAsync("start_recording");
        foreach (var piece in wav.Chunk(20_000))
        {
            await peer.EmitAsync("audio_data", new { audio = piece });
        }

        await peer.EmitAsync("stop_recording");
        var events = await peer.UntilAsync("agent_response");

        Assert.Equal("2.4", Assert.Single(events, one => one.Name == "transcription")["text"]);
    }

    /// <summary>Each is one event that frees the page's button, with words for people; what comes next is heard.</summary>
    [Theory]
    [InlineData("nothing", "error", "bad_recording", "The clip is empty.")]
    [InlineData("no sound", "error", "speech_unavailable", "Only WAV clips (PCM16, mono, 16 kHz) can be read without ffmpeg: apt-get install ffmpeg")]
    [InlineData("silence", "error", "bad_recording", "The clip holds nothing that can be heard.")]
    [InlineData("too long", "error", "bad_recording", "The clip is longer than 50 s.")]
    [InlineData("too large", "error", "bad_recording", "The clip has 3000044 bytes; at most 2000000 are taken.")]
    [InlineData("no base64", "error", "invalid_field", "'audio' must be a recording: base64, or a binary attachment where there are any.")]
    public async Task Recording_ThatCannotBeHeard_IsOneErrorAndTheNextIsHeard(string what, string name, string code, string message)
    {
        await using var server = await StartAsync(options: new ClipOptions { Ffmpeg = "/nowhere/ffmpeg", MaxBytes = 2_000_000, MaxDuration = TimeSpan.FromSeconds(50) });
        server.Model.Says("Yes.");
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.EmitAsync("start_recording");
        await peer.NextAsync();
        await peer.EmitAsync("stop_recording", what switch
        {
            "nothing" => new { },
            "no sound" => new { audio = new byte[] { 1, 2, 3 } },
            "silence" => new { audio = WavFile.Create(PcmFormat.Wideband, new byte[32_000]) },
            "too long" => new { audio = EchoEar.Wav(51) },
            "too large" => new { audio = WavFile.Create(PcmFormat.Wideband, new byte[3_000_000]) },
            _ => (object)new { audio = "%%%" },
        });
        var refused = (await peer.UntilAsync(name))[^1];
        await peer.EmitAsync("stop_recording", new { audio = EchoEar.Wav(1) });
        var events = await peer.UntilAsync("agent_response");

        Assert.Equal((code, message), (refused["code"], refused["message"]));
        Assert.DoesNotContain(events, one => one.Name == "error");
    }

    /// <summary>One that is larger than a frame is not even kept, and acknowledged all the same; the place that was taken is free again afterwards.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task Recording_WhileThereIsNoPlace_IsRefusedForTheMoment(int seconds)
    {
        var gate = new TaskCompletionSource();
        await using var server = await StartAsync(new EchoEar { Gate = gate.Task }, new ClipOptions { Ffmpeg = "/nowhere/ffmpeg", MaxClips = 1 });
        server.Model.Says("Yes.").Says("No.");
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.EmitAsync("stop_recording", new { audio = EchoEar.Wav(seconds) });
        Assert.Equal("transcribing", (await peer.NextAsync())["code"]);
        await peer.SendAsync($"42/voice,8{JsonSerializer.Serialize(new object[] { "stop_recording", new { audio = EchoEar.Wav(seconds) } })}");
        await peer.SendAsync("""451-/voice,9["stop_recording",{"audio":{"_placeholder":true,"num":0}}]""");
        await peer.SendAsync(EchoEar.Wav(seconds));
        var texts = new List<string>();
        while (texts.Count < 4)
        {
            texts.Add(await peer.TextAsync());
        }

        gate.SetResult();
        await peer.UntilAsync("agent_response");
        await peer.EmitAsync("stop_recording", new { audio = EchoEar.Wav(seconds) });
        var events = await peer.UntilAsync("agent_response");

        Assert.Equal(2, texts.Count(text => text.StartsWith("""42/voice,["error",{"code":"busy",""", StringComparison.Ordinal)));
        Assert.Single(texts, text => text.StartsWith("43/voice,8[", StringComparison.Ordinal));
        Assert.Single(texts, text => text.StartsWith("43/voice,9[", StringComparison.Ordinal));
        Assert.Equal("No.", events[^1]["text"]);
    }

    [Fact]
    public async Task Recording_WithoutWords_SaysSo()
    {
        await using var server = await TestServer.StartAsync(voice: new VoiceEngines(new DeafEar(), null, new TurnOptions(), new SpeechView(null, null, null))
        {
            Clips = new ClipTranscriber(new DeafEar(), new ClipDecoder(new ClipOptions()), new ClipOptions(), TimeProvider.System),
        });
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.EmitAsync("stop_recording", new { audio = EchoEar.Wav(1) });
        var heard = (await peer.UntilAsync("transcription"))[^1];

        Assert.Equal(("False", "I heard no words. Please try again."), (heard["success"], heard["message"]));
    }

    [Fact]
    public async Task Recording_WhereNothingHears_IsAnErrorThatSaysWhatToInstall()
    {
        await using var server = await TestServer.StartAsync(voice: new VoiceEngines(null, null, new TurnOptions(), new SpeechView(null, null, "Install it.")));
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.EmitAsync("start_recording");
        var first = await peer.NextAsync();
        await peer.EmitAsync("stop_recording", new { audio = new byte[100_000] });
        var second = await peer.NextAsync();

        Assert.Equal(("error", "speech_unavailable", "Install it."), (first.Name, first["code"], first["message"]));
        Assert.Equal(("error", "speech_unavailable", "Install it."), (second.Name, second["code"], second["message"]));
    }

    [Fact]
    public async Task TypedMessage_IsAnsweredWithSoundToo()
    {
        await using var server = await StartAsync();
        server.Model.Says("It rains.");
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.EmitAsync("user_message", new { text = "Weather?" });
        var end = (await peer.UntilAsync("agent_response"))[^1];

        Assert.Equal(WavFile.Create(SpeechFixture.Format, SpeechFixture.Tones("It rains.")), end.Data.GetProperty("audio").GetBytesFromBase64());
    }

    /// <summary>A client that asks for frames gets them as attachments of an event.</summary>
    [Fact]
    public async Task Frames_ComeAsAttachments()
    {
        await using var server = await StartAsync();
        server.Model.Says("It rains.");
        using var peer = await SocketIoPeer.ConnectAsync(server);
        await peer.EmitAsync("set_speech", new { speech = "frames" });

        await peer.EmitAsync("stop_recording", new { audio = EchoEar.Wav(1) });
        string header;
        do
        {
            header = await peer.TextAsync();
        }
        while (!header.StartsWith("451-", StringComparison.Ordinal));
        var (_, frame) = await peer.MessageAsync();

        Assert.Equal("""451-/voice,["agent_audio_chunk",{"audio":{"_placeholder":true,"num":0}}]""", header);
        Assert.Equal((1, 20, 1), (frame[0], BitConverter.ToUInt16(frame, 2), BitConverter.ToInt32(frame, 8)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Welcome_IsSaidOnceAfterThePin_AloudWhereSomethingSpeaks(bool speaks)
    {
        const string Greeting = "Welcome back, Anna Muster! I'm your Convonet productivity assistant. How can I help you today?";
        await using var server = await StartAsync(args: TestServer.Beyond, speaks: speaks);
        using var anna = await server.RegisterWithPinAsync("anna@example.com", "204731");
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.EmitAsync("authenticate", new { pin = "000000" });
        var wrong = await peer.NextAsync();
        await peer.EmitAsync("authenticate", new { pin = "204731" });
        var right = await peer.NextAsync();
        var welcome = await peer.NextAsync();
        await peer.EmitAsync("authenticate", new { pin = "204731" });
        var again = await peer.NextAsync();
        await peer.SendAsync("42/voice,1[\"cancel\"]");

        Assert.Equal(("authenticated", "False", "Invalid PIN. Please try again."), (wrong.Name, wrong["success"], wrong["message"]));
        Assert.Equal(("authenticated", "True", "Anna Muster", "Welcome back, Anna Muster!"), (right.Name, right["success"], right["user_name"], right["message"]));
        Assert.Equal(("welcome_greeting", Greeting), (welcome.Name, welcome["text"]));
        Assert.Equal(speaks, welcome["audio"] is { Length: > 100_000 });
        Assert.Equal("authenticated", again.Name);
        Assert.StartsWith("43/voice,1[", await peer.TextAsync());
    }

    [Fact]
    public async Task Page_BeforeThePin_MayDoNothing_AndHasMinutesToTypeIt()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await TestServer.StartAsync([.. TestServer.Beyond, "--Convonet:SocketIo:PingInterval", "00:10:00"], time: time);
        using var anna = await server.RegisterWithPinAsync("anna@example.com", "204731");
        using var peer = await SocketIoPeer.ConnectAsync(server);
        using var idle = await SocketIoPeer.ConnectAsync(server);

        await peer.EmitAsync("start_recording");
        var refused = await peer.NextAsync();
        time.Advance(TimeSpan.FromMinutes(4.9));
        await peer.EmitAsync("authenticate", new { pin = "204731" });
        var authenticated = await peer.NextAsync();
        var closed = idle.UntilClosedAsync();
        time.Advance(TimeSpan.FromMinutes(0.1));

        Assert.Equal(("error", "unauthenticated"), (refused.Name, refused["code"]));
        Assert.Equal(("authenticated", "True"), (authenticated.Name, authenticated["success"]));
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, (await closed).Status);
    }

    /// <summary>Two people at once: each hears their own answer.</summary>
    [Fact]
    public async Task TwoUsers_AtOnce_HaveTheirOwnConversations()
    {
        await using var server = await StartAsync(args: TestServer.Beyond);
        using var anna = await server.RegisterWithPinAsync("anna@example.com", "204731");
        using var ben = await server.RegisterWithPinAsync("ben@example.com", "204731");
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Model.Step().Text("First ").Wait(gate.Task).Text("answer.");
        server.Model.Says("Second answer.");
        using var one = await SocketIoPeer.ConnectAsync(server, new { user = "anna@example.com", pin = "204731" });
        using var two = await SocketIoPeer.ConnectAsync(server, new { user = "ben@example.com", pin = "204731" });

        await one.EmitAsync("stop_recording", new { audio = EchoEar.Wav(1) });
        await one.UntilAsync("agent_stream_chunk");
        await two.EmitAsync("stop_recording", new { audio = EchoEar.Wav(2) });
        var second = await two.UntilAsync("agent_response");
        gate.SetResult();
        var first = await one.UntilAsync("agent_response");

        Assert.Equal(("First answer.", "Second answer."), (first[^1]["text"], second[^1]["text"]));
        Assert.All(second, sent => Assert.DoesNotContain("First", sent.Raw, StringComparison.Ordinal));
        Assert.NotNull(first[^1]["audio"]);
    }

    private Task<TestServer> StartAsync(EchoEar? ear = null, ClipOptions? options = null, IEnumerable<string>? args = null, bool speaks = true) =>
        TestServer.StartAsync(args, voice: SocketIoVoice.Of(speaks ? _speech.Engines : null, options, ear));
}
