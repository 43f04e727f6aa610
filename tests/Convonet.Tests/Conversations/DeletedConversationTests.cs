using System.Net;
using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using static Convonet.Tests.Conversations.ConversationFixture;

namespace Convonet.Tests.Conversations;

/// <summary>A conversation that is deleted while it is answered: a user's wish, not a failure.</summary>
public sealed class DeletedConversationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Delete_InMidAnswer_EndsItQuietlyAndTellsItsTabs(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await using var server = await TestServer.StartAsync(database: database, script: model => model.Step().Text("It begins").Hang());
        using var first = await VoiceClient.ConnectAsync(server);
        await first.AskAsync("Tell me a story");
        await first.UntilAsync("agent_stream_chunk");
        using var second = await VoiceClient.ConnectAsync(server);
        await second.SendAsync("resume", new { conversation = first.Conversation, after = 0, epoch = 1 });
        await second.UntilAsync("agent_stream_chunk");
        using var http = TestUser.Client(server);

        using var deleted = await http.DeleteAsync($"/api/conversations/{first.Conversation}", Token);

        Assert.True(deleted.IsSuccessStatusCode);
        foreach (var client in new[] { first, second })
        {
            var (_, events) = await client.UntilClosedAsync();
            Assert.Equal(("going_away", "This conversation was deleted."), (events[^1].Name, events[^1]["message"]));
            Assert.DoesNotContain(events, one => one.Name == "agent_response");
        }

        Assert.Equal("", string.Join("\n", server.Log.Lines(LogLevel.Warning)));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Delete_WhileToolsRun_StopsThemQuietly(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        var (begun, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = ToolFactory.Create(
            async (CancellationToken token) =>
            {
                begun.TrySetResult();
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, token);
                }
                finally
                {
                    ended.TrySetResult();
                }
            },
            "slow",
            "Takes long.");
        await using var server = await TestServer.StartAsync(database: database, tools: [slow], script: model => model.Step().Text("One moment. ").Call("slow"));
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("Take long");
        await begun.Task.WaitAsync(TestServer.Patience, Token);
        using var http = TestUser.Client(server);

        using var deleted = await http.DeleteAsync($"/api/conversations/{client.Conversation}", Token);
        await ended.Task.WaitAsync(TestServer.Patience, Token);
        await client.UntilClosedAsync();
        await server.StopAsync();

        Assert.True(deleted.IsSuccessStatusCode);
        Assert.Equal("", string.Join("\n", server.Log.Lines(LogLevel.Warning)));
    }

    [Fact]
    public async Task Delete_StoreFails_IsAnErrorAndTheAnswerGoesOn()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var database = await TestDatabase.CreateAsync();
        await using (var connection = new SqliteConnection(database.ConnectionString))
        {
            await connection.OpenAsync(Token);
            await using var trigger = connection.CreateCommand();
            trigger.CommandText = "CREATE TRIGGER stays BEFORE DELETE ON conversations BEGIN SELECT RAISE(ABORT, 'It stays.'); END";
            await trigger.ExecuteNonQueryAsync(Token);
        }

        await using var server = await TestServer.StartAsync(database: database, script: model => model.Step().Text("It begins").Wait(gate.Task).Text(" and ends."));
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("Tell me a story");
        await client.UntilAsync("agent_stream_chunk");
        using var http = TestUser.Client(server);

        using var deleted = await http.DeleteAsync($"/api/conversations/{client.Conversation}", Token);
        gate.SetResult();
        var events = await client.UntilAsync("agent_response");
        using var found = await http.GetAsync($"/api/conversations/{client.Conversation}", Token);

        Assert.Equal(HttpStatusCode.InternalServerError, deleted.StatusCode);
        Assert.Equal("completed", events[^1]["outcome"]);
        Assert.DoesNotContain(events, one => one.Name == "data_changed");
        Assert.True(found.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Forget_NotInMemory_WhoeverAsksForItWaitsForTheStore()
    {
        var (fixture, store) = (new ConversationFixture(), new Deleting());
        await using var directory = new LocalConversationDirectory(fixture.Services with { Store = store });

        var forgetting = directory.ForgetAsync("c_1", "user", Token);
        var finding = directory.FindAsync("c_1", "user", Token).AsTask();
        Assert.False(finding.IsCompleted);

        store.Deleted.SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => WithinAsync(forgetting));
        await WithinAsync(finding);
        Assert.NotNull(await finding);
    }

    [Fact]
    public async Task Forget_StoreRefusesATurnBeforeItAnswers_ItIsDeletedAndNotTakenOver()
    {
        var (fixture, store) = (new ConversationFixture(), new Deleting());
        await using var directory = new LocalConversationDirectory(fixture.Services with { Store = store });
        var conversation = Assert.IsType<Conversation>(await directory.StartAsync("c_1", "user", Token));
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Model.Step().Wait(gate.Task).Text("Done.");
        await conversation.SubmitAsync("a", "Think", Token);

        var forgetting = directory.ForgetAsync("c_1", "user", Token);
        Assert.Equal((false, false), (conversation.IsSuperseded, conversation.IsDeleted));
        gate.SetResult();
        await WithinAsync(store.Refused.Task);
        store.Deleted.SetResult();
        await WithinAsync(forgetting);

        Assert.True(conversation.IsDeleted);
        Assert.True(conversation.Events.TryReadAfter(conversation.Events.Head - 1, out var last));
        Assert.IsNotType<SessionEvent.AgentResponse>(last.Event);
    }

    [Fact]
    public async Task Forget_WhoeverAskedForItGoesAway_ItEndsAllTheSame()
    {
        var (fixture, store) = (new ConversationFixture(), new Deleting());
        await using var directory = new LocalConversationDirectory(fixture.Services with { Store = store });
        var conversation = Assert.IsType<Conversation>(await directory.StartAsync("c_1", "user", Token));
        using var gone = new CancellationTokenSource();

        var forgetting = directory.ForgetAsync("c_1", "user", gone.Token);
        await gone.CancelAsync();
        store.Deleted.SetResult();
        await WithinAsync(forgetting);

        Assert.Equal((true, 0), (conversation.IsDeleted, directory.Count));
    }

    [Fact]
    public async Task Forget_WhileTheFirstMessageIsKept_ALaterTryDoesNotBeginItAnew()
    {
        var (fixture, store) = (new ConversationFixture(), new Deleting());
        await using var directory = new LocalConversationDirectory(fixture.Services with { Store = store });
        var conversation = Assert.IsType<Conversation>(await directory.StartAsync("c_1", "user", Token));
        store.Holds = true;
        var submitting = conversation.SubmitAsync("a", "Think", Token);
        var turn = await store.Asked.Task.WaitAsync(TestServer.Patience, Token);
        Assert.True(turn.Begins());

        var forgetting = directory.ForgetAsync("c_1", "user", Token);

        Assert.False(turn.Begins());
        store.Accepted.SetException(new TurnFencedException());
        store.Deleted.SetResult();
        await WithinAsync(forgetting);
        Assert.Equal(SubmitKind.NotKept, (await submitting).Kind);
    }

    /// <summary>A store that deletes when the test says so, and refuses the ends of all turns.</summary>
    private sealed class Deleting : StandInStore
    {
        public TaskCompletionSource Deleted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Refused { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whether messages wait for <see cref="Accepted"/>.</summary>
        public bool Holds { get; set; }

        public TaskCompletionSource<NewTurn> Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<int> Accepted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override bool IsDurable => true;

        public override ValueTask<int> AcceptAsync(NewTurn turn, int epoch, CancellationToken cancellationToken)
        {
            Asked.TrySetResult(turn);
            return Holds ? new(Accepted.Task) : base.AcceptAsync(turn, epoch, cancellationToken);
        }

        public override ValueTask<bool> HasAsync(string id, string user, CancellationToken cancellationToken) => ValueTask.FromResult(true);

        public override ValueTask<KeptConversation?> LoadAsync(string id, string user, CancellationToken cancellationToken) =>
            ValueTask.FromResult<KeptConversation?>(new KeptConversation(id, "first", 2, 0, []));

        public override ValueTask EndAsync(TurnEnd ending, CancellationToken cancellationToken)
        {
            Refused.TrySetResult();
            throw new TurnFencedException();
        }

        public override ValueTask DeleteAsync(string id, string user, CancellationToken cancellationToken) => new(Deleted.Task.WaitAsync(cancellationToken));
    }
}
