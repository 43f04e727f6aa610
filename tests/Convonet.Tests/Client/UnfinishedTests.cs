using Convonet.Client;
using Convonet.Conversations;

namespace Convonet.Tests.Client;

/// <summary>Answers that end while there is no connection, and of which only a snapshot tells.</summary>
public sealed class UnfinishedTests : IAsyncDisposable
{
    private readonly ScriptedDoor _door = new();

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Fact]
    public async Task Snapshot_OfAnAnswerThatEnded_EndsItWithTheWordsThatWereMissed()
    {
        var told = await CutInTurnAsync(Turn("I added buy milk.", "completed"));

        Assert.Equal(["snapshot", "buy milk.", "agent_response"], told);
    }

    [Fact]
    public async Task Snapshot_OfAnAnswerThatGoesOn_IsFollowedByTheRest()
    {
        var (client, next) = await ComeBackInTurnAsync();
        await SayAsync(next, Turn("I added buy ", null));
        await next.SayTextAsync(1, "milk", epoch: 2);
        await SayAsync(next, Turn("I added buy milk.", "completed"));
        await SayAsync(next, Turn("I added buy milk.", "completed"));

        Assert.Equal(["snapshot", "buy ", "milk", "snapshot", ".", "agent_response", "snapshot"], await NamesAsync(client, 7));
    }

    [Fact]
    public async Task Snapshot_WithOtherWords_OnlyEndsTheAnswer()
    {
        Assert.Equal(["snapshot", "agent_response"], await CutInTurnAsync(Turn("Milk is on the list, and more.", "completed")));
    }

    [Fact]
    public async Task Snapshot_OfAnEarlierProcess_EndsTheAnswerWithWhatIsKnown()
    {
        var (client, next) = await ComeBackInTurnAsync();
        await SayAsync(next, Turn("I added ", "truncated"));

        var end = Assert.IsType<SessionEvent.AgentResponse>((await ConvonetClientTests.ReadAsync(client, 2))[1]);

        Assert.Equal(new SessionEvent.AgentResponse(true, "I added ", 1, "truncated", null, "first", "", false, new(null, 0), null), end);
    }

    [Fact]
    public async Task Snapshot_WithATurnOfAMessageThatWaits_IsItsAcceptanceAndItsAnswer()
    {
        var (client, connection) = await _door.OnlineAsync();
        var id = client.Send("Hello");
        connection.Cut();
        await ConvonetClientTests.ReadAsync(client, 1);
        var next = await ComeBackAsync(client);

        await SayAsync(next, Turn("Hi.", "completed", id));
        var told = await ConvonetClientTests.ReadAsync(client, 4);

        Assert.Equal(["snapshot", "accepted", "Hi.", "agent_response"], told.Select(NameOrText));
        Assert.Equal(new SessionEvent.Accepted(id, 1, "Hello", "first", ScriptedDoor.Conversation), told[1]);
    }

    [Fact]
    public async Task Snapshot_OfATurnThatWasToldToItsEnd_TellsNothingMore()
    {
        var (client, next) = await ComeBackInTurnAsync();
        await SayAsync(next, Turn("I added it.", "completed"));
        await next.SayAsync("accepted", new { client_msg_id = "m1", turn = 1, text = "Hello", provider = "first", conversation = ScriptedDoor.Conversation });
        await SayAsync(next, Turn("I added it.", "completed"));
        await next.SayTextAsync(1, "next", epoch: 2);

        Assert.Equal(["snapshot", "it.", "agent_response", "accepted", "snapshot", "next"], await NamesAsync(client, 6));
    }

    [Fact]
    public async Task Refused_ConversationWasDeletedMeanwhile_EndsTheAnswer()
    {
        var (client, next) = await ComeBackInTurnAsync();
        await next.SayAsync("error", new { code = "unknown_conversation", message = "This conversation is not known here (any more)." });

        var end = Assert.IsType<SessionEvent.AgentResponse>((await ConvonetClientTests.ReadAsync(client, 2))[1]);

        Assert.Equal(("I added ", 1, "cancelled", "unknown_conversation"), (end.Text, end.Turn, end.Outcome, end.Error?.Code));
        Assert.Equal("c_other", client.Conversation);
    }

    [Fact]
    public async Task Snapshot_ForWhoShowsSnapshots_StandsAlone()
    {
        var (client, next) = await ComeBackInTurnAsync(options => options with { FillsIn = false });
        await SayAsync(next, Turn("I added it.", "completed"));
        await next.SayTextAsync(1, "next", epoch: 2);

        Assert.Equal(["snapshot", "next"], await NamesAsync(client, 2));
    }

    private static object Turn(string text, string? outcome, string id = "m1") =>
        new { turn = 1, client_msg_id = id, user = "Hello", text, tools = Array.Empty<object>(), outcome };

    private static Task SayAsync(DoorConnection connection, object turn) =>
        connection.SayAsync("snapshot", new { conversation = ScriptedDoor.Conversation, epoch = 2, seq = 0, provider = "first", turns = new[] { turn } });

    private static string NameOrText(SessionEvent told) => told is SessionEvent.TextChunk chunk ? chunk.Text : told.Name;

    private static async Task<IEnumerable<string>> NamesAsync(ConvonetClient client, int count) => (await ConvonetClientTests.ReadAsync(client, count)).Select(NameOrText);

    /// <summary>What is told when the first thing after a cut is a snapshot with this turn, before a chunk of what is said next.</summary>
    private async Task<IEnumerable<string>> CutInTurnAsync(object turn)
    {
        var (client, next) = await ComeBackInTurnAsync();
        await SayAsync(next, turn);
        await next.SayTextAsync(1, "next", epoch: 2);
        var told = new List<string>();
        while (told is not [.., "next"])
        {
            told.AddRange(await NamesAsync(client, 1));
        }

        return told.SkipLast(1);
    }

    /// <summary>A client whose line was cut in the middle of an answer, and that asks what it missed.</summary>
    private async Task<(ConvonetClient Client, DoorConnection Connection)> ComeBackInTurnAsync(Func<ConvonetClientOptions, ConvonetClientOptions>? change = null)
    {
        var (client, connection) = await _door.OnlineAsync(change);
        await connection.SayAsync("accepted", new { client_msg_id = "m1", turn = 1, text = "Hello", provider = "first", conversation = ScriptedDoor.Conversation }, 1);
        await connection.SayTextAsync(2, "I added ");
        await ConvonetClientTests.ReadAsync(client, 3);
        connection.Cut();
        return (client, await ComeBackAsync(client));
    }

    private async Task<DoorConnection> ComeBackAsync(ConvonetClient client)
    {
        _door.Time.Advance((await _door.UntilAsync(ConnectionState.Waiting)).RetryIn!.Value);
        var next = await _door.GreetAsync("c_other");
        Assert.Equal("connected", Assert.Single(await NamesAsync(client, 1)));
        await next.HearAsync();
        return next;
    }
}
