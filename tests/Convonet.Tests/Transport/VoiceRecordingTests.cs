using System.Net.WebSockets;
using Convonet.Audio;
using Convonet.Conversations;
using Convonet.Speech.Recognition.Clips;
using Convonet.Tests.Fakes;
using Convonet.Tests.Speech.Recognition.Clips;
using Convonet.Tests.Turns;
using Convonet.Turns;
using Convonet.Voice;

namespace Convonet.Tests.Transport;

/// <summary>Recordings, and sound, over a real socket: within their limits they become turns, beyond them the connection lives.</summary>
public sealed class VoiceRecordingTests : IDisposable
{
    private readonly EchoEar _ear = new();
    private readonly ClipOptions _options = new() { Ffmpeg = "/nowhere/ffmpeg", MaxBytes = 2_000_000, MaxDuration = TimeSpan.FromSeconds(50) };
    private readonly ClipDecoder _decoder;
    private ClipTranscriber _clips;

    public VoiceRecordingTests()
    {
        _decoder = new ClipDecoder(_options);
        _clips = Transcriber();
    }

    public void Dispose() => _decoder.Dispose();

    /// <summary>Far larger than a frame may be; a short one of 0.3 s is a turn as well.</summary>
    [Theory]
    [InlineData(40)]
    [InlineData(0.3)]
    public async Task Recording_WithinTheLimits_IsATurn(double seconds)
    {
        await using var server = await StartAsync();
        server.Model.Says("Yes.");
        using var client = await VoiceClient.ConnectAsync(server);

        await RecordAsync(client, "m4", Wav(seconds));
        var events = await client.UntilAsync("agent_response");

        var heard = Assert.Single(events, one => one.Name == "transcription");
        Assert.Equal(("True", "True", "-1", "m4"), (heard["success"], heard["final"], heard["utterance"], heard["client_msg_id"]));
        var accepted = Assert.Single(events, one => one.Name == "accepted");
        Assert.Equal(("m4", heard["text"]), (accepted["client_msg_id"], accepted["text"]));
    }

    [Fact]
    public async Task Recording_SentTwice_IsOneTurn()
    {
        await using var server = await StartAsync();
        server.Model.Says("Yes.");
        using var client = await VoiceClient.ConnectAsync(server);
        await RecordAsync(client, "m4", Wav(1));
        await client.UntilAsync("agent_response");

        await RecordAsync(client, "m4", Wav(1));
        var again = (await client.UntilAsync("accepted"))[^1];

        Assert.Equal((1, null), (again.Turn, again.Seq));
        Assert.Single(server.Model.Requests);
    }

    /// <summary>Each has one clear error, and the next recording is heard.</summary>
    [Theory]
    [InlineData("empty", "bad_recording", "The clip is empty.")]
    [InlineData("no samples", "bad_recording", "The clip holds no sound.")]
    [InlineData("too long", "bad_recording", "The clip is longer than 50 s.")]
    [InlineData("too large", "recording_too_large", "A recording has at most 2000000 bytes; this one has 9000000.")]
    [InlineData("48 kHz", "speech_unavailable", "Only WAV clips (PCM16, mono, 16 kHz) can be read without ffmpeg: apt-get install ffmpeg")]
    [InlineData("no sound", "speech_unavailable", "Only WAV clips (PCM16, mono, 16 kHz) can be read without ffmpeg: apt-get install ffmpeg")]
    public async Task Recording_ThatCannotBeHeard_IsOneErrorAndTheSessionLives(string what, string code, string message)
    {
        await using var server = await StartAsync();
        server.Model.Says("Yes.");
        using var client = await VoiceClient.ConnectAsync(server);

        await RecordAsync(client, "m4", what switch
        {
            "empty" => [],
            "no samples" => Wav(0),
            "too long" => Wav(51),
            "too large" => new byte[9_000_000],
            "48 kHz" => WavFile.Create(new PcmFormat(48_000), new byte[9600]),
            _ => [1, 2, 3],
        });
        var refused = await client.NextAsync();
        await RecordAsync(client, "m5", Wav(1));
        var events = await client.UntilAsync("agent_response");

        Assert.Equal(("error", code, message, "m4"), (refused.Name, refused["code"], refused["message"], refused["client_msg_id"]));
        Assert.DoesNotContain(events, one => one.Name == "error");
    }

    [Fact]
    public async Task Recording_WhileAnotherIsWrittenDown_IsRefusedForTheMoment()
    {
        var gate = new TaskCompletionSource();
        _ear.Gate = gate.Task;
        await using var server = await StartAsync();
        server.Model.Says("Yes.");
        using var client = await VoiceClient.ConnectAsync(server);

        await RecordAsync(client, "m4", Wav(1));
        await RecordAsync(client, "m5", Wav(1));
        var refused = (await client.UntilAsync("error"))[^1];
        gate.SetResult();
        var events = await client.UntilAsync("agent_response");

        Assert.Equal(("busy", "m5"), (refused["code"], refused["client_msg_id"]));
        Assert.Equal("m4", Assert.Single(events, one => one.Name == "accepted")["client_msg_id"]);
    }

    /// <summary>The voice session is stuck, so that it takes no recording from the line: the third finds no place, and somebody else's still does.</summary>
    [Fact]
    public async Task Recording_TheThirdOfAConnection_FindsNoPlace()
    {
        using var stuck = _ear.Stuck = new ManualResetEventSlim();
        await using var server = await StartAsync();
        server.Model.Otherwise = _ => new ScriptedStep().Text("Yes.");
        using var client = await VoiceClient.ConnectAsync(server);
        await client.SendAsync("start_recording");
        await client.UntilAsync("recording");
        await client.SendAsync(Enumerable.Range(0, 25).SelectMany(_ => new TestAudio().Voice()).ToArray(), WebSocketMessageType.Binary);
        await _ear.Pushed.Task.WaitAsync(TestServer.Patience, TestContext.Current.CancellationToken);
        await client.SendAsync("stop_recording");

        await RecordAsync(client, "m4", Wav(1));
        await RecordAsync(client, "m5", Wav(1));
        await RecordAsync(client, "m6", Wav(1));
        var refused = (await client.UntilAsync("error"))[^1];
        using var other = await VoiceClient.ConnectAsync(server);
        await RecordAsync(other, "m7", Wav(1));
        var others = await other.UntilAsync("agent_response");
        stuck.Set();
        await client.UntilAsync(one => one.Name == "accepted" && one["client_msg_id"] == "m4");

        Assert.Equal(("busy", "m6", "Other recordings are still being written down. Please send this one again in a moment."), (refused["code"], refused["client_msg_id"], refused["message"]));
        Assert.DoesNotContain(others, one => one.Name == "error");
    }

    [Fact]
    public async Task Recording_WithoutAnEar_SaysWhatToInstallOnce()
    {
        await using var server = await TestServer.StartAsync(voice: new VoiceEngines(null, null, new TurnOptions(), new SpeechView(null, null, "Install it.")));
        using var client = await VoiceClient.ConnectAsync(server);

        await RecordAsync(client, "m4", Wav(40));
        await client.SendAsync("resume", new { conversation = client.Conversation, after = 0 });
        var events = await client.UntilAsync("status");

        var refused = Assert.Single(events, one => one.Name == "error");
        Assert.Equal(("speech_unavailable", "Install it.", "m4"), (refused["code"], refused["message"], refused["client_msg_id"]));
    }

    /// <summary>The larger limit is that of the announced message only.</summary>
    [Fact]
    public async Task Recording_TheMessageAfterIt_HasTheLimitOfAFrame()
    {
        await using var server = await StartAsync();
        server.Model.Says("Yes.");
        using var client = await VoiceClient.ConnectAsync(server);
        await RecordAsync(client, "m4", Wav(3));

        await client.SendAsync(Wav(3), WebSocketMessageType.Binary);

        Assert.Equal(WebSocketCloseStatus.MessageTooBig, (await client.UntilClosedAsync()).Status);
    }

    /// <summary>So much is on its way that some of it was taken when the connection breaks.</summary>
    [Fact]
    public async Task Recording_ClientIsGoneInItsMiddle_LeavesItsPlace()
    {
        _options.MaxClips = 1;
        _clips = Transcriber();
        await using var server = await StartAsync();
        using var client = await VoiceClient.ConnectAsync(server);
        await client.SendAsync("recording", new { client_msg_id = "m4" });
        await client.SendFragmentAsync(new byte[30_000_000], WebSocketMessageType.Binary);
        Assert.Null(_clips.TryEnter());

        client.Cut();
        await server.StopAsync();

        using var place = _clips.TryEnter();
        Assert.NotNull(place);
    }

    /// <summary>The next frame of the microphone is no recording.</summary>
    [Fact]
    public async Task Recording_WhileTheMicrophoneIsOn_IsRefusedUntilItIsOff()
    {
        await using var server = await StartAsync();
        server.Model.Says("Yes.");
        using var client = await VoiceClient.ConnectAsync(server);
        await client.SendAsync("start_recording");
        await client.UntilAsync("recording");

        await client.SendAsync("recording", new { client_msg_id = "m4" });
        var refused = await client.NextAsync();
        await client.SendAsync(new byte[640], WebSocketMessageType.Binary);
        await client.SendAsync("stop_recording");
        await RecordAsync(client, "m5", Wav(1));
        var events = await client.UntilAsync("agent_response");

        Assert.Equal(("error", "recording_live", "m4"), (refused.Name, refused["code"], refused["client_msg_id"]));
        Assert.DoesNotContain(events, one => one.Name == "error");
        Assert.Equal("m5", Assert.Single(events, one => one.Name == "accepted")["client_msg_id"]);
    }

    /// <summary>Three times real time, which is 48 kHz.</summary>
    [Fact]
    public async Task Sound_OfAnotherRate_IsRefusedOnce()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await TestServer.StartAsync(time: time, voice: new VoiceEngines(_ear, null, new TurnOptions(), new SpeechView(new("echo"), null, null)));
        using var client = await VoiceClient.ConnectAsync(server);
        await client.SendAsync("start_recording");
        await client.UntilAsync("recording");

        var events = new List<WireEvent>();
        for (var second = 0; second < 5; second++)
        {
            for (var third = 0; third < 3; third++)
            {
                await client.SendAsync(new byte[32_000], WebSocketMessageType.Binary);
            }

            // Its answer comes when all before it was taken.
            await client.SendAsync("resume", new { conversation = client.Conversation, after = 0 });
            events.AddRange(await client.UntilAsync(one => one.Name is "status" or "snapshot"));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        var refused = Assert.Single(events, one => one.Name == "error");
        Assert.Equal(("bad_audio", "Sound comes too fast: sound is 16 kHz, mono, 16 bits."), (refused["code"], refused["message"]));
    }

    /// <summary>More than twice real time, in messages that are each smaller than a frame of 20 ms.</summary>
    [Fact]
    public async Task Sound_MuchOfItInSmallMessages_IsTooMuch()
    {
        await using var server = await TestServer.StartAsync(
            time: new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow),
            voice: new VoiceEngines(_ear, null, new TurnOptions(), new SpeechView(new("echo"), null, null)));
        using var client = await VoiceClient.ConnectAsync(server);
        await client.SendAsync("start_recording");
        await client.UntilAsync("recording");

        for (var message = 1; message * 638 <= 640_000; message++)
        {
            await client.SendAsync(new byte[638], WebSocketMessageType.Binary);
            if (message % 200 == 0)
            {
                // Its answer comes when all before it was taken, so that no line is full.
                await client.SendAsync("start_recording");
                Assert.Equal("recording", (await client.NextAsync()).Name);
            }
        }

        await client.SendAsync(new byte[638], WebSocketMessageType.Binary);
        Assert.Equal("speech_overloaded", (await client.UntilAsync("error"))[^1]["code"]);
    }

    private static async Task RecordAsync(VoiceClient client, string id, byte[] clip)
    {
        await client.SendAsync("recording", new { client_msg_id = id });
        await client.SendAsync(clip, WebSocketMessageType.Binary);
    }

    private ClipTranscriber Transcriber() => new(_ear, _decoder, _options, TimeProvider.System);

    private static byte[] Wav(double seconds) => EchoEar.Wav(seconds);

    private Task<TestServer> StartAsync() => TestServer.StartAsync(voice: new VoiceEngines(_ear, null, new TurnOptions(), new SpeechView(new("echo"), null, null))
    {
        Clips = _clips,
    });
}
