using System.Text.Json;
using Convonet.Audio;
using Convonet.Conversations;
using Convonet.Speech.Recognition.Clips;
using Convonet.Tests.Fakes;
using Convonet.Tests.Speech;
using Convonet.Tests.Speech.Recognition.Clips;
using Convonet.Turns;
using Convonet.Voice;

namespace Convonet.Tests.Transport.SocketIo;

/// <summary>Recordings in one piece, as the clients of the system before send them.</summary>
public sealed class SocketIoRecordingTests
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
        Assert.Equal(["status", "transcription", "status", "accepted", "agent_stream_chunk", "status", "agent_response"], events.Select(one => one.Name));
        Assert.Equal(("Transcribing...", "Processing your request...", "Generating speech..."), (events[0]["message"], events[2]["message"], events[^2]["message"]));
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
        var events = await peer.UntilAsync("agent_response");
        await peer.AckAsync(9);

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

    private Task<TestServer> StartAsync(EchoEar? ear = null, ClipOptions? options = null) => TestServer.StartAsync(voice: SocketIoVoice.Of(_speech.Engines, options, ear));
}
