using System.Net.WebSockets;
using System.Text.Json;
using Convonet.Tests.Fakes;
using Convonet.Tests.Speech.Recognition.Clips;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Transport.SocketIo;

/// <summary>Packets, once a client is connected: each rule of the protocol's documents that holds on WebSocket.</summary>
public sealed class SocketIoProtocolTests
{
    private static readonly JsonElement Taken = JsonElement.Parse("""[{"success":true}]""");

    [Fact]
    public async Task Event_WithAnId_IsAcknowledgedUnderIt_WithoutOneItIsNot()
    {
        await using var server = await TestServer.StartAsync();
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.EmitAsync("cancel");
        await peer.SendAsync("42/voice,0[\"cancel\"]");
        await peer.SendAsync("42/voice,12[\"cancel\",{}]");

        Assert.Equal("""43/voice,0[{"success":true}]""", await peer.TextAsync());
        Assert.Equal("""43/voice,12[{"success":true}]""", await peer.TextAsync());
    }

    [Fact]
    public async Task Event_ThatCannotBeCarriedOut_IsAcknowledgedWithWhy()
    {
        await using var server = await TestServer.StartAsync();
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.SendAsync("42/voice,13[\"user_message\",{}]");
        var error = await peer.NextAsync();

        Assert.Equal(("error", "missing_field"), (error.Name, error["code"]));
        Assert.Equal("""43/voice,13[{"success":false,"code":"missing_field","message":"\u0027user_message\u0027 needs a text."}]""", await peer.TextAsync());
    }

    [Theory]
    [InlineData("45")]
    [InlineData("450-/voice,[\"cancel\"]")]
    [InlineData("459-/voice,[\"cancel\"]")]
    [InlineData("451/voice,[\"cancel\"]")]
    [InlineData("42/voice,")]
    [InlineData("42/voice,{}")]
    [InlineData("42/voice,[]")]
    [InlineData("42/voice,[1]")]
    [InlineData("42/voice,[\"cancel\"")]
    [InlineData("42[\"cancel\"]")]
    [InlineData("42/other,[\"cancel\"]")]
    [InlineData("40/voice,")]
    [InlineData("44/voice,{\"message\":\"no\"}")]
    [InlineData("47/voice,")]
    [InlineData("4")]
    [InlineData("x")]
    [InlineData("2")]
    [InlineData("2probe")]
    public async Task Packet_ThatIsWrong_ClosesTheConnection(string packet)
    {
        await using var server = await TestServer.StartAsync();
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.SendAsync(packet);

        Assert.Equal(WebSocketCloseStatus.ProtocolError, (await peer.UntilClosedAsync()).Status);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("41/voice,")]
    [InlineData("41/voice")]
    public async Task Goodbye_ClosesTheConnection(string packet)
    {
        await using var server = await TestServer.StartAsync();
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.SendAsync(packet);

        Assert.Equal(WebSocketCloseStatus.NormalClosure, (await peer.UntilClosedAsync()).Status);
    }

    [Fact]
    public async Task UnknownEvent_IsAnError_AndTheConnectionLives()
    {
        await using var server = await TestServer.StartAsync();
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.EmitAsync("make_tea", new { });
        Assert.Equal("unknown_event", (await peer.NextAsync())["code"]);
        await peer.SendAsync("42/voice,1[\"cancel\"]");

        await peer.AckAsync(1);
    }

    [Fact]
    public async Task Attachments_AreAwaited_AndPutWhereTheyBelong()
    {
        await using var server = await TestServer.StartAsync(voice: SocketIoVoice.Of());
        server.Model.Says("Yes.");
        using var peer = await SocketIoPeer.ConnectAsync(server);

        // The second of the two: 'num' says which.
        await peer.SendAsync("""452-/voice,["stop_recording",{"audio":{"_placeholder":true,"num":1},"other":{"_placeholder":true,"num":0}}]""");
        await peer.SendAsync(new byte[] { 1, 2, 3 });
        await peer.SendAsync(EchoEar.Wav(2));
        var heard = (await peer.UntilAsync("transcription"))[^1];

        Assert.Equal("2.4", heard["text"]);
    }

    [Fact]
    public async Task Attachments_ThatThePacketDoesNotHave_AreAnError()
    {
        await using var server = await TestServer.StartAsync();
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.SendAsync("""451-/voice,6["audio_data",{"audio":{"_placeholder":true,"num":1}}]""");
        await peer.SendAsync(new byte[] { 1 });

        Assert.Equal("missing_field", (await peer.NextAsync())["code"]);
        await peer.AckAsync(6);
    }

    [Fact]
    public async Task BinaryAck_IsTakenWithItsAttachments()
    {
        await using var server = await TestServer.StartAsync();
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.SendAsync("43/voice,3[]");
        await peer.SendAsync("""461-/voice,3[{"_placeholder":true,"num":0}]""");
        await peer.SendAsync(new byte[] { 1, 2, 3 });
        await peer.SendAsync("42/voice,4[\"cancel\"]");

        Assert.True(JsonElement.DeepEquals(Taken, JsonElement.Parse((await peer.TextAsync())["43/voice,4".Length..])));
    }

    [Fact]
    public async Task Binary_WithoutAPacket_ClosesTheConnection()
    {
        await using var server = await TestServer.StartAsync();
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.SendAsync(new byte[] { 1, 2, 3 });

        Assert.Equal(WebSocketCloseStatus.ProtocolError, (await peer.UntilClosedAsync()).Status);
    }

    [Fact]
    public async Task Text_WhereAnAttachmentIsDue_ClosesTheConnection()
    {
        await using var server = await TestServer.StartAsync();
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.SendAsync("""451-/voice,["audio_data",{"audio":{"_placeholder":true,"num":0}}]""");
        await peer.SendAsync("42/voice,[\"cancel\"]");

        Assert.Equal(WebSocketCloseStatus.ProtocolError, (await peer.UntilClosedAsync()).Status);
    }

    /// <summary>Larger than a frame, and no recording: one error, as for any message. Beyond what clients were told, the end.</summary>
    [Fact]
    public async Task Payload_OverTheLimit_ClosesTheConnection()
    {
        await using var server = await TestServer.StartAsync(["--Convonet:SocketIo:MaxPayload", "200000"], voice: SocketIoVoice.Of());
        using var peer = await SocketIoPeer.ConnectAsync(server);
        Assert.Equal(200_000, peer.Opened.GetProperty("maxPayload").GetInt32());

        await peer.EmitAsync("user_message", new { text = new string('a', 199_000) });
        Assert.Equal("message_too_long", (await peer.NextAsync())["code"]);
        await peer.EmitAsync("user_message", new { text = new string('a', 200_001) });

        Assert.Equal(WebSocketCloseStatus.MessageTooBig, (await peer.UntilClosedAsync()).Status);
    }

    /// <summary>Whoever has not said who they are holds no more than a frame.</summary>
    [Fact]
    public async Task Payload_OfAStranger_IsAFrameAtMost()
    {
        await using var server = await TestServer.StartAsync(TestServer.Beyond, voice: SocketIoVoice.Of());
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.EmitAsync("stop_recording", new { audio = new string('a', 70_000) });

        Assert.Equal(WebSocketCloseStatus.MessageTooBig, (await peer.UntilClosedAsync()).Status);
    }

    [Fact]
    public async Task Rate_OfTheOtherFraming_HoldsHere()
    {
        await using var server = await TestServer.StartAsync(["--Convonet:Transport:FramesPerSecond", "1", "--Convonet:Transport:FrameBurst", "3"], time: new FakeTimeProvider(DateTimeOffset.UtcNow));
        using var peer = await SocketIoPeer.ConnectAsync(server);

        for (var i = 0; i < 4; i++)
        {
            await peer.SendAsync("42/voice,[\"cancel\"]");
        }

        Assert.Equal("rate_limited", (await peer.NextAsync())["code"]);
    }

    [Fact]
    public async Task BadEvents_FiveInARow_CloseTheConnection()
    {
        await using var server = await TestServer.StartAsync();
        using var peer = await SocketIoPeer.ConnectAsync(server);

        for (var i = 0; i < 5; i++)
        {
            await peer.EmitAsync("make_tea");
        }

        var (status, texts) = await peer.UntilClosedAsync();
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, 5), (status, texts.Count(text => text.Contains("unknown_event", StringComparison.Ordinal))));
    }

    /// <summary>A conversation's events have their offset as a last argument; those of the connection have none.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Offsets_AreSentWhereTheyAreNotTurnedOff(bool isOn)
    {
        await using var server = await TestServer.StartAsync(["--Convonet:SocketIo:SendOffsets", $"{isOn}"]);
        server.Model.Says("Fine.");
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.EmitAsync("user_message", new { text = "How are you?", client_msg_id = "m1" });
        var events = await peer.UntilAsync("agent_response");

        Assert.Equal(isOn, peer.Connected.TryGetProperty("pid", out _));
        Assert.Equal(["accepted", "agent_stream_chunk", "agent_response"], events.Select(one => one.Name));
        Assert.Equal(isOn ? [1, 2, 3] : [null, null, null], events.Select(one => one.Seq));
        Assert.EndsWith(isOn ? $",\"1.2.{events[0]["conversation"]}\"]" : "}]", events[1].Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_OfAnyCharacters_IsTheSameAsInTheOtherFraming()
    {
        const string Words = "Zürich \"ist\" {schön}, [1,\"2.3\"] 🎈 \\ \u2028";
        await using var server = await TestServer.StartAsync();
        server.Model.Says(Words);
        using var peer = await SocketIoPeer.ConnectAsync(server);

        await peer.EmitAsync("user_message", new { text = Words });
        var events = await peer.UntilAsync("agent_response");

        Assert.Equal((Words, Words), (events[0]["text"], events[^1]["text"]));
    }
}
