using System.Net.WebSockets;
using Convonet.Audio;
using Convonet.Conversations;
using Convonet.Speech.Recognition.Clips;
using Convonet.Tests.Fakes;
using Convonet.Tests.Speech;
using Convonet.Tests.Speech.Recognition.Clips;
using Convonet.Turns;
using Convonet.Voice;

namespace Convonet.Tests.Cluster;

/// <summary>A spoken answer whose owner changes in the middle, at a client of another node.</summary>
[Collection(nameof(TestServer))]
public sealed class MovedVoiceTests : IDisposable
{
    private readonly SpeechFixture _speech = new() { Fallback = null };
    private readonly ClipDecoder _decoder = new(new ClipOptions { Ffmpeg = "/nowhere/ffmpeg" });
    private readonly List<AudioFrame> _heard = [];

    public void Dispose() => _decoder.Dispose();

    [Fact]
    public async Task Owner_ThatStops_TheClientHearsTheRestOnceAndIsCutWhereItStoppedHearing()
    {
        await using var cluster = await TestCluster.CreateAsync();
        var never = new TaskCompletionSource();
        var first = await cluster.StartNodeAsync(model => model.Says("One.").Step().Apart("It rains. It po").Wait(never.Task).Text("lost."));
        var gate = new TaskCompletionSource();
        var second = await cluster.StartNodeAsync(model => model.Otherwise = _ => new ScriptedStep().Wait(gate.Task).Text("urs and pours."), voice: Engines());
        using var here = await VoiceClient.ConnectAsync(first);
        await here.AskAsync("One", "m1");
        await here.UntilAsync("agent_response");
        using var there = await VoiceClient.ConnectAsync(second);
        there.Speech = _heard;
        await there.SendAsync("resume", new { conversation = here.Conversation, after = 0, epoch = 1 });
        await there.UntilAsync("agent_response");

        await there.SendAsync("recording", new { client_msg_id = "m2" });
        await there.SendAsync(EchoEar.Wav(1), WebSocketMessageType.Binary);
        await there.UntilAsync("speech");
        var stopping = first.StopAsync();
        await there.UntilAsync("superseded");
        await there.UntilAsync("snapshot");
        gate.SetResult();
        var answer = (await there.UntilAsync("agent_response"))[^1];
        var events = await there.UntilAsync("speech_end");
        await stopping;

        var (tones, end) = (SpeechFixture.Tones("It rains.", "It pours and pours."), events[^1]);
        Assert.Equal((2, $"{tones.Length / 2}"), (end.Turn, end["samples"]));
        Assert.Equal(tones, (await there.HearAsync(tones.Length / 2)).SelectMany(frame => frame.Pcm.ToArray()));
        Assert.Equal("It rains. It pours and pours.", answer["text"]);
        Assert.Equal(2, _speech.Primary.Count);

        // 50 ms for each character: it heard "It rains. It pours ", of which the first space is not said.
        await there.SendAsync("played", new { turn = 2, sample = (9 + 9) * PcmFormat.Wideband.SampleRate / 20 });
        await there.SendAsync("cancel");
        var interrupted = (await there.UntilAsync("interrupted"))[^1];
        Assert.Equal((2, "19"), (interrupted.Turn, interrupted["heard"]));
    }

    private VoiceEngines Engines()
    {
        var ear = new EchoEar();
        return new VoiceEngines(ear, _speech.Engines, new TurnOptions(), new SpeechView(new("echo"), null, null))
        {
            Clips = new ClipTranscriber(ear, _decoder, new ClipOptions { Ffmpeg = "/nowhere/ffmpeg" }, TimeProvider.System),
        };
    }
}
