using System.Net.WebSockets;
using System.Runtime.InteropServices;
using Convonet.Audio;
using Convonet.Conversations;
using Convonet.Speech.Recognition.Clips;
using Convonet.Tests.Fakes;
using Convonet.Tests.Speech.Recognition.Clips;
using Convonet.Tests.Turns;
using Convonet.Tests.Voice;
using Convonet.Turns;
using Convonet.Voice;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Transport;

/// <summary>Too much sound, and what is no sound, over a real socket within the default limits: a clear error, the session lives, memory is bounded.</summary>
/// <remarks>Memory is the process's: nothing else runs beside the tests of this collection.</remarks>
[Collection(nameof(Alone))]
public sealed class VoiceBadAudioTests : IDisposable
{
    private const int FramesOfTenMinutes = 10 * 60 * 50;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly FakeEar _ear = new();
    private readonly TestAudio _audio = new();
    private readonly ClipOptions _options = new();
    private readonly ClipDecoder _decoder;

    public VoiceBadAudioTests() => _decoder = new ClipDecoder(_options);

    public void Dispose() => _decoder.Dispose();

    /// <summary>The memory of a recording is that of its limit, whatever is sent: 25 MB and the two smaller pieces on the way there.</summary>
    [Theory]
    [InlineData(25_000_000, "bad_recording", "The clip is longer than 600 s.")]
    [InlineData(25_000_001, "recording_too_large", "A recording has at most 25000000 bytes; this one has 25000001.")]
    [InlineData(99_000_000, "recording_too_large", "A recording has at most 25000000 bytes; this one has 99000000.")]
    public async Task Recording_AsLargeAsItMayBeAndLarger_IsOneErrorInBoundedMemory(int bytes, string code, string message)
    {
        await using var server = await StartAsync(clips: true);
        server.Model.Says("Yes.");
        using var client = await VoiceClient.ConnectAsync(server);
        var clip = WavFile.Create(PcmFormat.Wideband, new byte[bytes - WavFile.HeaderLength]);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await RecordAsync(client, clip);
        var refused = await client.NextAsync();
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        Assert.Equal(("error", code, message, "m1"), (refused.Name, refused["code"], refused["message"], refused["client_msg_id"]));
        Assert.InRange(allocated, 25_000_000, 35_000_000);
        await AnswersAsync(client);
    }

    [Fact]
    public async Task Recording_OfTenMinutes_IsATurnInBoundedMemory()
    {
        await using var server = await StartAsync(clips: true);
        server.Model.Says("Yes.").Says("Yes.");
        using var client = await VoiceClient.ConnectAsync(server);
        var clip = EchoEar.Wav(600);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await RecordAsync(client, clip);
        var events = await client.UntilAsync("agent_response");
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        Assert.DoesNotContain(events, one => one.Name == "error");
        Assert.InRange(allocated, 25_000_000, 40_000_000);
        await AnswersAsync(client);
    }

    /// <summary>The clock stands still: 20 s may come at once, as after a stall, and what is beyond is dropped before it is kept anywhere.</summary>
    [Fact]
    public async Task Sound_TenMinutesAtOnce_IsAnErrorAndOnlyTwentySecondsAreHeard()
    {
        await using var server = await StartAsync();
        server.Model.Says("Yes.").Says("Yes.");
        using var client = await VoiceClient.ConnectAsync(server);
        await client.SendAsync("start_recording");
        await client.UntilAsync("recording");

        for (var frame = 0; frame < FramesOfTenMinutes; frame++)
        {
            await client.SendAsync(Speech(frame), WebSocketMessageType.Binary);
        }

        await client.SendAsync("stop_recording");
        _ear.Hears("hello", await _ear.FinishedAsync(), final: true);
        var events = await client.UntilAsync("agent_response");
        await SyncAsync(client);

        Assert.All(events.Where(one => one.Name == "error"), one => Assert.Equal("speech_overloaded", one["code"]));
        Assert.Contains(events, one => one.Name == "error");
        Assert.InRange(_ear.Bytes, 100_000, 640_000);
        await AnswersAsync(client);
    }

    /// <summary>Nothing is taken from the line while the engine cannot be had: it holds ten seconds, which are heard then.</summary>
    [Fact]
    public async Task Sound_TenMinutesWhileTheEngineIsAwaited_IsAnErrorAndTenSecondsAreKept()
    {
        var gate = new TaskCompletionSource();
        _ear.OpenGate = gate.Task;
        await using var server = await StartAsync();
        server.Model.Says("Yes.").Says("Yes.");
        using var client = await VoiceClient.ConnectAsync(server);
        await client.SendAsync("start_recording");
        await _ear.OpeningAsync();

        for (var frame = 0; frame < FramesOfTenMinutes; frame++)
        {
            await client.SendAsync(Speech(frame), WebSocketMessageType.Binary);
        }

        Assert.Equal("speech_overloaded", (await client.UntilAsync("error"))[^1]["code"]);
        await client.SendAsync("stop_recording");
        await SyncAsync(client);
        gate.SetResult();
        _ear.Hears("hello", await _ear.FinishedAsync(), final: true);
        await client.UntilAsync("agent_response");
        await SyncAsync(client);

        Assert.InRange(_ear.Bytes, 100_000, 512 * 640);
        await AnswersAsync(client);
    }

    /// <summary>Somebody who never stops speaking, at the pace of speech: 17 MB come after the first minute, and none of it stays.</summary>
    [Fact]
    public async Task Sound_TenMinutesAtItsPace_StaysNowhere()
    {
        await using var server = await StartAsync();
        server.Model.Says("Yes.");
        using var client = await VoiceClient.ConnectAsync(server);
        await client.SendAsync("start_recording");
        await client.UntilAsync("recording");

        var errors = await SpeakAsync(client, seconds: 60);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        errors += await SpeakAsync(client, seconds: 540);
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;

        Assert.Equal(0, errors);
        Assert.True(_ear.Bytes > 450 * 32_000, $"{_ear.Bytes} bytes were heard.");
        // Other tests run in this process, too.
        Assert.True(grown < 8_000_000, $"{grown} bytes more.");
        await AnswersAsync(client);
    }

    /// <summary>What a browser's own samples are: as PCM16 they would be loud noise.</summary>
    [Theory]
    [InlineData(0.2f)]
    [InlineData(0.001f)]
    [InlineData(float.NaN)]
    public async Task Sound_OfFloatingPointNumbers_IsOneErrorAndIsNotHeard(float amplitude)
    {
        await using var server = await StartAsync();
        server.Model.Says("Yes.").Says("Yes.");
        using var client = await VoiceClient.ConnectAsync(server);
        await client.SendAsync("start_recording");
        await client.UntilAsync("recording");

        for (var frame = 0; frame < 50; frame++)
        {
            var samples = Enumerable.Range(frame * 320, 320).Select(i => amplitude * MathF.Sin(i * 0.1f)).ToArray();
            await client.SendAsync(MemoryMarshal.AsBytes<float>(samples).ToArray(), WebSocketMessageType.Binary);
        }

        var events = await SyncAsync(client);
        var refused = Assert.Single(events, one => one.Name == "error");
        Assert.Equal(("bad_audio", "Sound is whole samples of 16 bits, mono, 16 kHz; these are floating-point numbers."), (refused["code"], refused["message"]));
        Assert.Equal(0, _ear.Bytes);

        for (var frame = 0; frame < 50; frame++)
        {
            await client.SendAsync(Speech(frame), WebSocketMessageType.Binary);
        }

        await client.SendAsync("stop_recording");
        _ear.Hears("hello", await _ear.FinishedAsync(), final: true);
        Assert.DoesNotContain(await client.UntilAsync("agent_response"), one => one.Name == "error");
        await AnswersAsync(client);
    }

    private static async Task RecordAsync(VoiceClient client, byte[] clip)
    {
        await client.SendAsync("recording", new { client_msg_id = "m1" });
        const int piece = 64 * 1024;
        for (var from = 0; from + piece < clip.Length; from += piece)
        {
            await client.SendFragmentAsync(clip.AsMemory(from, piece), WebSocketMessageType.Binary);
        }

        await client.SendAsync(clip.AsMemory((clip.Length - 1) / piece * piece), WebSocketMessageType.Binary);
    }

    /// <summary>A voice has gaps between syllables; without them it would soon be taken for a noise.</summary>
    private byte[] Speech(int frame) => frame % 20 >= 17 ? TestAudio.Silence() : _audio.Voice();

    /// <summary>Speaks on, and lets as much time pass.</summary>
    /// <returns>How many errors came.</returns>
    private async Task<int> SpeakAsync(VoiceClient client, int seconds)
    {
        var errors = 0;
        for (var second = 0; second < seconds; second++)
        {
            for (var frame = 0; frame < 50; frame++)
            {
                await client.SendAsync(Speech(frame), WebSocketMessageType.Binary);
            }

            errors += (await SyncAsync(client)).Count(one => one.Name == "error");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        return errors;
    }

    /// <summary>All that was sent was taken: cancelling waits for the voice session, and the answer of what follows tells that it has.</summary>
    private static async Task<List<WireEvent>> SyncAsync(VoiceClient client)
    {
        await client.SendAsync("cancel", new { turn = 99 });
        await client.SendAsync("resume", new { conversation = client.Conversation, after = 0 });
        return await client.UntilAsync(one => one.Name is "status" or "snapshot");
    }

    private static async Task AnswersAsync(VoiceClient client)
    {
        await client.AskAsync("Are you there?");
        Assert.Equal("Yes.", (await client.UntilAsync("agent_response"))[^1]["text"]);
    }

    private Task<TestServer> StartAsync(bool clips = false) => TestServer.StartAsync(
        time: clips ? null : _time,
        voice: new VoiceEngines(_ear, null, new TurnOptions(), new SpeechView(new("ear"), null, null))
        {
            Clips = clips ? new ClipTranscriber(new EchoEar(), _decoder, _options, TimeProvider.System) : null,
        });
}
