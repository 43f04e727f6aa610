using System.Buffers.Binary;
using Convonet.Client;
using Convonet.Conversations;

namespace Convonet.Tests.Client;

/// <summary>What the client says, and in which order.</summary>
public sealed class ConvonetClientTests : IAsyncDisposable
{
    private readonly ScriptedDoor _door = new();

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Fact]
    public async Task Send_BeforeThereIsAConnection_IsSentWhenThereIsOne()
    {
        var client = _door.Client();

        var id = client.Send("Hello");
        var connection = await _door.GreetAsync();

        Assert.Equal($$$"""{"event":"user_message","data":{"text":"Hello","client_msg_id":"{{{id}}}"}}""", await connection.HearAsync());
        Assert.Equal([id], client.Unaccepted.Select(message => message.Id));
    }

    [Fact]
    public async Task Send_OfSpokenWordsThatInterrupt_SaysSo()
    {
        var (client, connection) = await _door.OnlineAsync();

        var id = client.Send("Stop that", isVoice: true, interrupts: true);

        Assert.Equal($$$"""{"event":"user_message","data":{"text":"Stop that","client_msg_id":"{{{id}}}","voice":true,"when_busy":"interrupt"}}""", await connection.HearAsync());
    }

    [Fact]
    public async Task Events_OfEveryKind_AreTheServersRecords()
    {
        var (client, connection) = await _door.OnlineAsync();
        await connection.SayTextAsync(1, "Hello");
        await connection.SayAsync("from_the_future", new { more = 1 });
        await connection.SayAsync("nonsense"u8.ToArray());
        await connection.SayAsync("agent_stream_chunk", new { type = "tool", tool_call = new { name = "list_todos", id = "call_1_0_0", args = new { } }, turn = 1, at_ms = 5 }, 2);

        var told = await ReadAsync(client, 3);

        Assert.IsType<SessionEvent.Connected>(told[0]);
        Assert.Equal(new SessionEvent.TextChunk("Hello", 1), told[1]);
        Assert.Equal("list_todos", Assert.IsType<SessionEvent.ToolChunk>(told[2]).ToolCall.Name);
    }

    [Fact]
    public async Task Accepted_OfAMessage_IsNotSentAgain()
    {
        var (client, connection) = await _door.OnlineAsync();
        var id = client.Send("Hello");
        await connection.HearAsync();
        await connection.SayAsync("accepted", new { client_msg_id = id, turn = 1, text = "Hello", provider = "first", conversation = ScriptedDoor.Conversation }, 1);
        await ReadAsync(client, 2);

        connection.Cut();
        var next = await ComeBackAsync();
        await next.SayResumedAsync();
        client.Cancel(1);

        Assert.Empty(client.Unaccepted);
        Assert.Equal("""{"event":"resume","data":{"conversation":"c_8d2b41","after":1,"epoch":1}}""", await next.HearAsync());
        Assert.Equal("""{"event":"cancel","data":{"turn":1}}""", await next.HearAsync());
    }

    [Fact]
    public async Task Refused_ForNow_IsSentAgainAtTheTimeThatTheServerNames()
    {
        var (client, connection) = await _door.OnlineAsync();
        var id = client.Send("Hello");
        var first = await connection.HearAsync();
        await connection.SayAsync("error", new { code = "overloaded", message = "Full.", client_msg_id = id, retry_after_ms = 3000 });
        await ReadAsync(client, 2);
        client.Send("And this");

        _door.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(first, await connection.HearAsync());
        Assert.Contains("And this", await connection.HearAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_TooFast_WaitsUntilThenAndKeepsItsPlace()
    {
        var (client, connection) = await _door.OnlineAsync();
        var id = client.Send("Hello");
        var first = await connection.HearAsync();
        await connection.SayAsync("error", new { code = "rate_limited", message = "Too many frames.", client_msg_id = id, retry_after_ms = 1500 });
        await ReadAsync(client, 2);
        client.Send("And this");

        _door.Time.Advance(TimeSpan.FromSeconds(1.5));

        Assert.Equal(first, await connection.HearAsync());
        Assert.Contains("And this", await connection.HearAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_ForGood_IsForgotten()
    {
        var (client, connection) = await _door.OnlineAsync();
        var id = client.Send("Hello");
        await connection.SayAsync("error", new { code = "message_too_long", message = "Too long.", client_msg_id = id });

        var told = await ReadAsync(client, 2);

        Assert.Equal(id, Assert.IsType<SessionEvent.Refused>(told[1]).ClientMsgId);
        Assert.Empty(client.Unaccepted);
    }

    [Fact]
    public async Task Withdraw_OfWhatIsAcceptedAllTheSame_StopsItsTurn()
    {
        var (client, connection) = await _door.OnlineAsync();
        var id = client.Send("Hello");
        await connection.HearAsync();

        client.Withdraw(id);
        await connection.SayAsync("accepted", new { client_msg_id = id, turn = 7, text = "Hello", provider = "first", conversation = ScriptedDoor.Conversation }, 1);

        Assert.Equal("""{"event":"cancel","data":{"turn":7}}""", await connection.HearAsync());
    }

    [Fact]
    public async Task Send_BeyondTheBound_SaysThatTooManyWait()
    {
        var (client, _) = await _door.OnlineAsync(options => options with { MaxUnaccepted = 1 });
        client.Send("One");

        var error = Assert.Throws<InvalidOperationException>(() => client.Send("Two"));

        Assert.Contains("1 messages wait", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recording_AfterACut_GoesOn()
    {
        var (client, connection) = await _door.OnlineAsync();
        client.StartRecording(isPushToTalk: true);
        Assert.True(client.TrySendSound(new byte[640]));
        var said = new[] { await connection.HearAsync(), await connection.HearAsync() };

        connection.Cut();
        var status = await _door.UntilAsync(ConnectionState.Waiting);
        var isTaken = client.TrySendSound(new byte[640]);
        _door.Time.Advance(status.RetryIn!.Value);
        var next = await _door.GreetAsync();

        Assert.Equal(["""{"event":"start_recording","data":{"mode":"push_to_talk"}}""", "640 bytes"], said);
        Assert.False(isTaken);
        Assert.Equal(said[0], await next.HearAsync());
    }

    [Fact]
    public async Task SpeechAsync_Frames_ArriveWithTheirHeaderRead()
    {
        var (client, connection) = await _door.OnlineAsync();
        await connection.SayAsync(Convert.FromHexString("01011400C05D0000030000000200000080BB00000100FFFF"), System.Net.WebSockets.WebSocketMessageType.Binary);
        await connection.SayAsync(new byte[3], System.Net.WebSockets.WebSocketMessageType.Binary);

        using var patience = ScriptedDoor.Wait();
        await using var frames = client.SpeechAsync(patience.Token).GetAsyncEnumerator(patience.Token);
        Assert.True(await frames.MoveNextAsync());
        var frame = frames.Current;

        Assert.Equal((3, 2, 48_000L, 24_000), (frame.Turn, frame.Sentence, frame.Sample, frame.Format.SampleRate));
        Assert.Equal(-1, BinaryPrimitives.ReadInt16LittleEndian(frame.Pcm.Span[2..]));
    }

    [Fact]
    public async Task Dispose_AfterSend_SaysItAndCloses()
    {
        var (client, connection) = await _door.OnlineAsync();
        client.Send("Goodbye");

        var closing = client.DisposeAsync().AsTask();
        var said = new[] { await connection.HearAsync(), await connection.HearAsync() };
        connection.Cut();
        await closing;

        Assert.Contains("Goodbye", said[0], StringComparison.Ordinal);
        Assert.Equal("closed", said[1]);
        Assert.Throws<ObjectDisposedException>(() => client.Send("Too late"));
        Assert.Single(await ReadAllAsync(client));
    }

    [Fact]
    public void Options_OutOfRange_SayWhat() =>
        Assert.Contains("ws://", Assert.Throws<ArgumentException>(() => new ConvonetClient(new Uri("http://localhost:5080/voice"))).Message, StringComparison.Ordinal);

    internal static async Task<List<SessionEvent>> ReadAsync(ConvonetClient client, int count)
    {
        using var patience = ScriptedDoor.Wait();
        return await client.EventsAsync(patience.Token).Take(count).ToListAsync(patience.Token);
    }

    private static async Task<List<SessionEvent>> ReadAllAsync(ConvonetClient client)
    {
        using var patience = ScriptedDoor.Wait();
        return await client.EventsAsync(patience.Token).ToListAsync(patience.Token);
    }

    private async Task<DoorConnection> ComeBackAsync()
    {
        _door.Time.Advance((await _door.UntilAsync(ConnectionState.Waiting)).RetryIn!.Value);
        return await _door.GreetAsync("c_other");
    }
}
