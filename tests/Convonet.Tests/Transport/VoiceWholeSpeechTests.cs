using Convonet.Audio;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Tests.Fakes;
using Convonet.Tests.Speech;
using Convonet.Turns;
using Convonet.Voice;

namespace Convonet.Tests.Transport;

/// <summary>Answers with their speech in one piece, over a real socket.</summary>
public sealed class VoiceWholeSpeechTests
{
    private readonly SpeechFixture _speech = new() { Fallback = null };

    [Fact]
    public async Task SetSpeech_Whole_OnlyTheTurnsOfThisConnectionCarryIt()
    {
        await using var server = await StartAsync();
        server.Model.Says("It rains.").Says("It pours.");
        using var client = await VoiceClient.ConnectAsync(server);
        await client.SendAsync("set_speech", new { speech = "whole" });
        Assert.Equal("speech", (await client.NextAsync())["code"]);

        await client.AskAsync("Weather?");
        var own = (await client.UntilAsync("agent_response"))[^1];
        using var other = await VoiceClient.ConnectAsync(server);
        await other.SendAsync("set_speech", new { speech = "whole" });
        await other.SendAsync("resume", new { conversation = client.Conversation, after = 0, epoch = 1 });
        var resumed = (await other.UntilAsync("agent_response"))[^1];
        await client.AskAsync("And now?");
        var next = (await client.UntilAsync("agent_response"))[^1];
        var others = (await other.UntilAsync("agent_response"))[^1];

        Assert.Equal(Wav("It rains."), own.Data.GetProperty("audio").GetBytesFromBase64());
        Assert.Equal("", resumed["audio"]);
        Assert.Equal(Wav("It pours."), next.Data.GetProperty("audio").GetBytesFromBase64());
        Assert.Equal(("", next.Seq), (others["audio"], others.Seq));
    }

    /// <summary>Its text comes while nothing can be said yet; the end waits, for this connection only.</summary>
    [Fact]
    public async Task SetSpeech_Whole_TheTextIsNotHeldBack()
    {
        var gate = new TaskCompletionSource();
        _speech.Primary.Answers["It rains."] = _speech.Primary.After(gate.Task);
        await using var server = await StartAsync();
        server.Model.Says("It rains.");
        using var client = await VoiceClient.ConnectAsync(server);
        await client.SendAsync("set_speech", new { speech = "whole" });
        await client.AskAsync("Weather?");
        await client.UntilAsync("agent_stream_chunk");
        using var other = await VoiceClient.ConnectAsync(server);
        await other.SendAsync("resume", new { conversation = client.Conversation, after = 0, epoch = 1 });
        await other.UntilAsync("agent_response");

        await client.SendAsync("cancel", new { turn = 99 });
        await client.SendAsync("set_speech", new { speech = "none" });
        Assert.Equal("status", (await client.NextAsync()).Name);
        gate.SetResult();

        Assert.Equal(Wav("It rains."), (await client.NextAsync()).Data.GetProperty("audio").GetBytesFromBase64());
    }

    /// <summary>While it is made it costs more, which is told behind the end: the end waits for its speech all the same.</summary>
    [Fact]
    public async Task SetSpeech_Whole_IsWaitedForAlsoWhereItsCostIsTold()
    {
        var (first, last) = (new TaskCompletionSource(), new TaskCompletionSource());
        _speech.Options.LookAhead = 0;
        _speech.Primary.Answers["It rains."] = _speech.Primary.After(first.Task);
        _speech.Primary.Answers["It hails."] = _speech.Primary.After(last.Task);
        await using var server = await TestServer.StartAsync(voice: Voice with { Usage = new Counted() });
        server.Model.Says("It rains. It pours. It hails.");
        using var client = await VoiceClient.ConnectAsync(server);
        await client.SendAsync("set_speech", new { speech = "whole" });
        await client.AskAsync("Weather?");
        await client.UntilAsync("agent_stream_chunk");
        using var other = await VoiceClient.ConnectAsync(server);
        await other.SendAsync("resume", new { conversation = client.Conversation, after = 0, epoch = 1 });
        await other.UntilAsync("agent_response");

        first.SetResult();
        await other.UntilAsync("turn_usage");
        await client.SendAsync("set_speech", new { speech = "none" });
        Assert.Equal("speech", (await client.NextAsync())["code"]);
        last.SetResult();

        Assert.Equal(Wav("It rains.", "It pours.", "It hails."), (await client.NextAsync()).Data.GetProperty("audio").GetBytesFromBase64());
        Assert.Equal("turn_usage", (await client.NextAsync()).Name);
    }

    /// <summary>A recording of minutes is far larger than any other frame.</summary>
    [Fact]
    public async Task SetSpeech_WholeAndLong_ArrivesWhole()
    {
        var text = string.Join(' ', Enumerable.Range(0, 60).Select(number => $"This is the sentence with the number {number} of them."));
        await using var server = await StartAsync();
        server.Model.Says(text);
        using var client = await VoiceClient.ConnectAsync(server);
        await client.SendAsync("set_speech", new { speech = "whole" });

        await client.AskAsync("Tell me a lot");
        var end = (await client.UntilAsync("agent_response"))[^1];

        var sound = end.Data.GetProperty("audio").GetBytesFromBase64();
        Assert.InRange(SpeechFixture.Format.DurationOf((sound.Length - WavFile.HeaderLength) / 2).TotalSeconds, 100, 180);
    }

    [Fact]
    public async Task SetSpeech_WithoutAVoice_SaysWhatToInstall()
    {
        await using var server = await TestServer.StartAsync(voice: new VoiceEngines(null, null, new TurnOptions(), new SpeechView(null, null, "Install it.")));
        using var client = await VoiceClient.ConnectAsync(server);

        await client.SendAsync("set_speech", new { speech = "whole" });
        var refused = await client.NextAsync();

        Assert.Equal(("speech_unavailable", "Install it."), (refused["code"], refused["message"]));
    }

    private VoiceEngines Voice => new(null, _speech.Engines, new TurnOptions(), new SpeechView(null, null, null));

    private Task<TestServer> StartAsync() => TestServer.StartAsync(voice: Voice);

    private static byte[] Wav(params string[] sentences) => WavFile.Create(SpeechFixture.Format, SpeechFixture.Tones(sentences));

    private sealed class Counted : IUsageLog
    {
        public void Note(UsageOwner owner, Action<UsageTally> add) => add(new UsageTally(PriceTable.Empty));
    }
}
