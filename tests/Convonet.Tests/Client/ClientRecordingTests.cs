using Convonet.Client;
using Convonet.Conversations;
using Convonet.Tests.Fakes;
using Convonet.Tests.Speech.Recognition.Clips;
using Convonet.Tests.Transport.SocketIo;

namespace Convonet.Tests.Client;

/// <summary>Something said in one piece, sent by the .NET client.</summary>
public sealed class ClientRecordingTests : IAsyncDisposable
{
    private readonly ScriptedDoor _door = new();

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Fact]
    public async Task Recording_BeforeThereIsAConnection_IsSentWhenThereIsOne()
    {
        var client = _door.Client();

        var id = client.SendRecording(new byte[200_000]);
        var connection = await _door.GreetAsync();

        Assert.Equal($$$"""{"event":"recording","data":{"client_msg_id":"{{{id}}}"}}""", await connection.HearAsync());
        Assert.Equal("200000 bytes", await connection.HearAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cut_TheRecordingIsSentAgain_UnlessItBecameATurn(bool isAccepted)
    {
        var (client, connection) = await _door.OnlineAsync();
        var id = client.SendRecording(new byte[1000]);
        var said = await connection.HearAsync();
        await connection.HearAsync();
        if (isAccepted)
        {
            await connection.SayAsync("accepted", new { client_msg_id = id, turn = 1, text = "Hello", provider = "first", conversation = ScriptedDoor.Conversation }, 1);
            await ReadAsync(client, 2);
        }

        connection.Cut();
        await _door.UntilAsync(ConnectionState.Waiting);
        _door.Time.Advance(TimeSpan.FromMilliseconds(500));
        var next = await _door.GreetAsync(isAccepted ? "c_other" : ScriptedDoor.Conversation);
        if (isAccepted)
        {
            await next.HearAsync();
            await next.SayResumedAsync();
        }

        client.Cancel(7);

        Assert.Equal(isAccepted ? """{"event":"cancel","data":{"turn":7}}""" : said, await next.HearAsync());
    }

    [Fact]
    public async Task Refused_ForNow_MayBeSentAgainUnderItsId()
    {
        var (client, connection) = await _door.OnlineAsync();
        var id = client.SendRecording(new byte[1000]);
        var said = await connection.HearAsync();
        await connection.HearAsync();
        Assert.Throws<InvalidOperationException>(() => client.SendRecording(new byte[1000]));

        await connection.SayAsync("error", new { code = "busy", message = "Other recordings are still being written down.", client_msg_id = id });
        await ReadAsync(client, 2);
        client.SendRecording(new byte[1000], id);

        Assert.Equal(said, await connection.HearAsync());
    }

    [Fact]
    public async Task Recording_WhileTheMicrophoneIsOn_IsRefusedHere()
    {
        var (client, _) = await _door.OnlineAsync();
        client.StartRecording();

        Assert.Throws<InvalidOperationException>(() => client.SendRecording(new byte[1000]));
        Assert.Throws<ArgumentException>(() => client.SendRecording(default));
    }

    /// <summary>The real server, and more than a frame.</summary>
    [Fact]
    public async Task Recording_BecomesATurnOfTheServer()
    {
        await using var server = await TestServer.StartAsync(voice: SocketIoVoice.Of());
        server.Model.Says("Yes.");
        await using var client = new ConvonetClient(server.Voice);

        var id = client.SendRecording(EchoEar.Wav(10));
        var told = new List<SessionEvent>();
        using var patience = ScriptedDoor.Wait();
        await foreach (var one in client.EventsAsync(patience.Token))
        {
            told.Add(one);
            if (one is SessionEvent.AgentResponse)
            {
                break;
            }
        }

        Assert.Equal((id, "10.4"), (told.OfType<SessionEvent.Transcription>().Single().ClientMsgId, told.OfType<SessionEvent.Transcription>().Single().Text));
        Assert.Equal(id, told.OfType<SessionEvent.Accepted>().Single().ClientMsgId);
        Assert.Equal("Yes.", ((SessionEvent.AgentResponse)told[^1]).Text);
    }

    private static async Task ReadAsync(ConvonetClient client, int count)
    {
        using var patience = ScriptedDoor.Wait();
        await foreach (var _ in client.EventsAsync(patience.Token))
        {
            if (--count == 0)
            {
                return;
            }
        }
    }
}
