using System.Net.WebSockets;
using Convonet.Audio;
using Convonet.Tests.Accounts;
using Convonet.Tests.Fakes;
using Convonet.Tests.Speech;
using Convonet.Tests.Speech.Recognition.Clips;
using Convonet.Tests.Turns;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Transport.SocketIo;

/// <summary>What the clients of the system before do: say something in one piece, and get an answer with its sound.</summary>
public sealed class SocketIoVoiceTests
{
    private readonly SpeechFixture _speech = new() { Fallback = null };

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

    /// <summary>A microphone that is on sends its sound bit by bit, more often than other events may come.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Microphone_LiveSound_BecomesATurn(bool isAttached)
    {
        await using var server = await StartAsync(time: new FakeTimeProvider(DateTimeOffset.UtcNow));
        server.Model.Otherwise = _ => new ScriptedStep().Text("Yes.");
        using var peer = await SocketIoPeer.ConnectAsync(server);
        await peer.EmitAsync("start_recording", new { mode = "push_to_talk" });
        await peer.UntilAsync("recording");

        for (var frame = 0; frame < 60; frame++)
        {
            var sound = new TestAudio().Voice();
            if (isAttached)
            {
                await peer.SendAsync("""451-/voice,["audio_data",{"audio":{"_placeholder":true,"num":0}}]""");
                await peer.SendAsync(sound);
            }
            else
            {
                await peer.EmitAsync("audio_data", new { audio = sound });
            }
        }

        await peer.EmitAsync("stop_recording");
        var events = await peer.UntilAsync("agent_response");

        Assert.DoesNotContain(events, one => one.Name == "error");
        Assert.Single(events, one => one.Name == "transcription" && one["final"] == "True");
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
        await peer.AckAsync(1);
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

    /// <summary>The page of before cannot say yes: its user is told, and it is not done.</summary>
    [Fact]
    public async Task Deletion_ThatThePageCannotConfirm_IsToldAndNotDone()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await StartAsync(speaks: false, time: time);
        server.Model.Step().Call("delete_todo", """{"id":"0b0f4b2e-6a57-8c1e-9d5a-2f6f0c1d7e88"}""");
        server.Model.Says("That needs a yes.");
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.EmitAsync("stop_recording", new { audio = EchoEar.Wav(1) });
        var events = await peer.UntilAsync("tool_confirmation");
        time.Advance(TimeSpan.FromSeconds(30));
        events.AddRange(await peer.UntilAsync("agent_response"));

        var told = events[events.FindIndex(one => one.Name == "tool_confirmation") - 1];
        Assert.Equal(("status", "confirming", "'delete_todo' needs a yes, in a window that asks for it. Without one it is not done."), (told.Name, told["code"], told["message"]));
        Assert.Equal("cancelled", events.Single(one => one.Name == "agent_tool_result")["outcome"]);
        Assert.Equal("That needs a yes.", events[^1]["text"]);
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

    private Task<TestServer> StartAsync(IEnumerable<string>? args = null, bool speaks = true, FakeTimeProvider? time = null) =>
        TestServer.StartAsync(args, time, voice: SocketIoVoice.Of(speaks ? _speech.Engines : null));
}
