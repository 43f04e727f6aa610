using Convonet.Client;
using Convonet.Conversations;

namespace Convonet.Tests.Client;

/// <summary>What a client lives through.</summary>
public sealed class ReconnectTests : IAsyncDisposable
{
    private const string ResumeAfterTwo = """{"event":"resume","data":{"conversation":"c_8d2b41","after":2,"epoch":1}}""";

    private readonly ScriptedDoor _door = new();

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Fact]
    public async Task Cut_InMidTurn_IsResumedBehindTheLastEvent()
    {
        var (client, connection) = await _door.OnlineAsync();
        await connection.SayTextAsync(1);
        await connection.SayTextAsync(2);
        await ConvonetClientTests.ReadAsync(client, 3);

        connection.Cut();
        var next = await ComeBackAsync();
        var asked = await next.HearAsync();
        await next.SayResumedAsync();
        await next.SayTextAsync(2);
        await next.SayTextAsync(3);
        var told = await ConvonetClientTests.ReadAsync(client, 3);

        Assert.Equal(ResumeAfterTwo, asked);
        Assert.Equal(["connected", "status", "w3 "], told.Select(NameOrText));
    }

    [Fact]
    public async Task Duplicates_OfAnyEvent_AreDropped()
    {
        var (client, connection) = await _door.OnlineAsync();
        foreach (var seq in new long[] { 1, 1, 2, 1, 2, 3 })
        {
            await connection.SayTextAsync(seq);
        }

        Assert.Equal(["connected", "w1 ", "w2 ", "w3 "], (await ConvonetClientTests.ReadAsync(client, 4)).Select(NameOrText));
    }

    [Fact]
    public async Task Gap_InTheNumbers_IsAskedForOnceAndThenPassedOver()
    {
        var (client, connection) = await _door.OnlineAsync();
        await connection.SayTextAsync(1);
        await connection.SayTextAsync(2);
        await connection.SayTextAsync(4);
        var asked = await connection.HearAsync();
        await connection.SayResumedAsync();
        await connection.SayTextAsync(4);

        Assert.Equal(ResumeAfterTwo, asked);
        Assert.Equal(["connected", "w1 ", "w2 ", "status", "w4 "], (await ConvonetClientTests.ReadAsync(client, 5)).Select(NameOrText));
    }

    [Fact]
    public async Task Cut_WithAMessageOnItsWay_SendsItAgainUnderTheSameId()
    {
        var (client, connection) = await _door.OnlineAsync();
        client.Send("Hello");
        var first = await connection.HearAsync();

        connection.Cut();
        var next = await ComeBackAsync();
        var asked = await next.HearAsync();
        await next.SayResumedAsync();

        Assert.StartsWith("""{"event":"resume",""", asked, StringComparison.Ordinal);
        Assert.Equal(first, await next.HearAsync());
    }

    [Fact]
    public async Task Store_OfAProgramThatEnded_LetsTheNextOneGoOn()
    {
        var path = Path.Combine(Path.GetTempPath(), $"convonet-{Guid.NewGuid():N}.json");
        try
        {
            var (client, connection) = await _door.OnlineAsync(options => options with { Store = new FileSessionStore(path) });
            client.Send("Hello");
            client.Cancel(4);
            var said = new[] { await connection.HearAsync(), await connection.HearAsync() };
            connection.Cut();
            await client.DisposeAsync();

            _door.Client(options => options with { Store = new FileSessionStore(path) }).Connect();
            var next = await _door.GreetAsync("c_other");
            var again = new List<string> { await next.HearAsync() };
            await next.SayResumedAsync();
            again.AddRange([await next.HearAsync(), await next.HearAsync()]);

            Assert.Equal(["""{"event":"resume","data":{"conversation":"c_8d2b41","after":0,"epoch":1,"begins":true}}""", said[1], said[0]], again);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    public async Task Store_WithAFileThatIsNone_BeginsAnew(string content)
    {
        var path = Path.Combine(Path.GetTempPath(), $"convonet-{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);
        try
        {
            Assert.Null(new FileSessionStore(path).Load());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Snapshot_InPlaceOfEvents_IsWhereTheNextResumeBegins()
    {
        var (client, connection) = await _door.OnlineAsync();
        await connection.SayTextAsync(1);
        await ConvonetClientTests.ReadAsync(client, 2);
        connection.Cut();
        var next = await ComeBackAsync();
        await next.HearAsync();

        await next.SayAsync("snapshot", new { conversation = ScriptedDoor.Conversation, epoch = 2, seq = 40, provider = "first", turns = Array.Empty<object>() });
        await next.SayTextAsync(41, epoch: 2);
        await ConvonetClientTests.ReadAsync(client, 3);
        next.Cut();
        var last = await ComeBackAsync();

        Assert.Equal("""{"event":"resume","data":{"conversation":"c_8d2b41","after":41,"epoch":2}}""", await last.HearAsync());
    }

    [Fact]
    public async Task Superseded_ByAnotherProcess_IsToldAndTheNewNumbersCount()
    {
        var (client, connection) = await _door.OnlineAsync();
        await connection.SayTextAsync(1);
        await connection.SayTextAsync(2);
        await connection.SayAsync("superseded", new { conversation = ScriptedDoor.Conversation, turn = 1, keep = 3, epoch = 2 });
        await connection.SayAsync("snapshot", new { conversation = ScriptedDoor.Conversation, epoch = 2, seq = 1, provider = "first", turns = new[] { new { turn = 1, client_msg_id = "m1", user = "Hello", text = "w1 ", tools = Array.Empty<object>(), superseded = 3 } } });
        await connection.SayTextAsync(2, "x", 2);

        var told = await ConvonetClientTests.ReadAsync(client, 6);

        Assert.Equal(["connected", "w1 ", "w2 ", "superseded", "snapshot", "x"], told.Select(NameOrText));
        Assert.Equal(3, Assert.IsType<SessionEvent.Superseded>(told[3]).Keep);
    }

    [Fact]
    public async Task GoingAway_WithATime_IsComeBackFromAfterItAndNotWithAllOthers()
    {
        var (client, connection) = await _door.OnlineAsync();
        await connection.SayAsync("going_away", new { after_ms = 3000, message = "The server is restarting." });
        await ConvonetClientTests.ReadAsync(client, 2);
        connection.Cut();

        var status = await _door.UntilAsync(ConnectionState.Waiting);
        client.Wake();

        // What the server asked for, and then the first wait of the back-off, which differs from client to client.
        Assert.Equal(TimeSpan.FromMilliseconds(3500), status.RetryIn);
        Assert.Equal(ConnectionState.Waiting, client.State);
    }

    [Fact]
    public async Task GoingAway_OfAServerThatStays_IsLeft()
    {
        var (client, connection) = await _door.OnlineAsync();
        await connection.SayAsync("going_away", new { after_ms = 3000, message = "The server is restarting." });
        await ConvonetClientTests.ReadAsync(client, 2);

        _door.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Null((await _door.UntilAsync(ConnectionState.Waiting)).Error);
    }

    /// <summary>What was sent may still arrive: it has to be of the conversation in which it is said again. Also by the next program, which goes on with what this one kept.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NothingToldYet_AfterACut_TheConversationIsToBeginOnTheNewConnection(bool restarts)
    {
        var store = new MemoryStore();
        var (client, connection) = await _door.OnlineAsync(options => options with { Store = store });
        client.Send("Hello");
        await connection.HearAsync();
        connection.Cut();
        if (restarts)
        {
            await client.DisposeAsync();
            _door.Client(options => options with { Store = store }).Connect();
        }

        var next = restarts ? await _door.GreetAsync("c_other") : await ComeBackAsync();

        Assert.Contains("\"begins\":true", await next.HearAsync());
    }

    [Fact]
    public async Task UnknownConversation_AfterACut_IsToldAndTheNewOneIsFollowed()
    {
        var (client, connection) = await _door.OnlineAsync();
        await connection.SayTextAsync(1);
        await ConvonetClientTests.ReadAsync(client, 2);
        connection.Cut();
        var next = await ComeBackAsync();
        await next.HearAsync();

        await next.SayAsync("error", new { code = "unknown_conversation", message = "Not known." });
        await _door.UntilAsync(ConnectionState.Online);

        Assert.Equal("c_other", client.Conversation);
        Assert.Equal(["connected", "error"], (await ConvonetClientTests.ReadAsync(client, 2)).Select(NameOrText));
    }

    [Fact]
    public async Task Stranger_WithAPin_SignsInAndGoesOn()
    {
        var client = _door.Client(options => options with { Pin = "204731", User = "anna" });
        var id = client.Send("Hello");
        var connection = await _door.AcceptAsync();
        await connection.SayAsync("connected", new { session_id = "s_1", conversation = "c_1", signed_in = false, epoch = 1, provider = "first", providers = Array.Empty<object>(), limits = new { message_chars = 8000, frame_bytes = 65536 } });
        var said = await connection.HearAsync();
        await connection.SayAsync("authenticated", new { success = true, user_name = "Anna", message = "Welcome back." });

        Assert.Equal("""{"event":"authenticate","data":{"pin":"204731","user":"anna"}}""", said);
        Assert.Contains(id, await connection.HearAsync(), StringComparison.Ordinal);
        Assert.Equal("c_1", client.Conversation);
    }

    [Fact]
    public async Task Stranger_WithoutAPin_EndsTheEventsWithTheReason()
    {
        var client = _door.Client();
        client.Connect();
        var connection = await _door.AcceptAsync();
        await connection.SayAsync("connected", new { session_id = "s_1", conversation = "c_1", signed_in = false, epoch = 1, provider = "first", providers = Array.Empty<object>(), limits = new { message_chars = 8000, frame_bytes = 65536 } });

        var error = await Assert.ThrowsAsync<ConvonetException>(() => ConvonetClientTests.ReadAsync(client, 1));

        Assert.Contains("access token", error.Message, StringComparison.Ordinal);
        Assert.Equal(error, (await _door.UntilAsync(ConnectionState.Closed)).Error);
    }

    [Fact]
    public async Task Reader_WhoIsSlow_GetsEverythingAndOnlyAFewEventsWait()
    {
        var (client, connection) = await _door.OnlineAsync(options => options with { EventBuffer = 2 });
        var text = new string('x', 60_000);
        var sending = Task.Run(
            async () =>
            {
                for (var seq = 1L; seq <= 500; seq++)
                {
                    await connection.SayTextAsync(seq, $"{seq} {text}");
                }
            },
            TestContext.Current.CancellationToken);

        var read = new List<string>();
        for (var taken = 0; taken < 501; taken++)
        {
            read.AddRange((await ConvonetClientTests.ReadAsync(client, 1)).Select(NameOrText));
            Assert.InRange(client.EventsWaiting, 0, 2);
        }

        await sending;
        Assert.Equal(["connected", .. Enumerable.Range(1, 500).Select(seq => $"{seq}")], read.Select(word => word.Split(' ')[0]));
    }

    private static string NameOrText(SessionEvent told) => told is SessionEvent.TextChunk chunk ? chunk.Text : told.Name;

    private async Task<DoorConnection> ComeBackAsync()
    {
        _door.Time.Advance((await _door.UntilAsync(ConnectionState.Waiting)).RetryIn!.Value);
        return await _door.GreetAsync("c_other");
    }
}
