using System.Threading.Channels;
using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Tests.Conversations;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Tests.Store;

/// <summary>Messages, ends and whole conversations in the store, and the fence between their owners.</summary>
public sealed class ConversationStoreTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Accept_SameMessageTwice_IsOneTurn(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, _) = await store.BeginTurnAsync();

        Assert.Equal(1, await store.Conversations.AcceptAsync(turn with { Number = 2 }, 1, Token));
        Assert.Equal(1, await store.Store.ReadAsync((db, token) => db.Turns.CountAsync(token), Token));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Accept_AfterAnotherProcessLoadedTheConversation_IsRefused(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, _) = await store.BeginTurnAsync();
        var next = turn with { Id = Guid.NewGuid(), ClientMsgId = "m2", Number = 2 };
        var epoch = (await store.Conversations.LoadAsync("c_1", turn.User, Token))!.Epoch;

        await Assert.ThrowsAsync<TurnFencedException>(() => store.Conversations.AcceptAsync(next, epoch - 1, Token).AsTask());
        Assert.Equal(2, await store.Conversations.AcceptAsync(next, epoch, Token));

        // Nor does it learn that the message is a turn by now: it would begin to run it beside its owner.
        await Assert.ThrowsAsync<TurnFencedException>(() => store.Conversations.AcceptAsync(next, epoch - 1, Token).AsTask());
        Assert.Equal(2, await store.Conversations.AcceptAsync(next, epoch, Token));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Accept_AfterTheConversationWasDeleted_DoesNotBringItBack(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, _) = await store.BeginTurnAsync();
        await store.Store.WriteAsync(
            async (db, token) => await db.Turns.ExecuteDeleteAsync(token) + await db.Conversations.ExecuteDeleteAsync(token), cancellationToken: Token);
        var next = turn with { Id = Guid.NewGuid(), ClientMsgId = "m2", Number = 2, Begins = static () => false };

        await Assert.ThrowsAsync<TurnFencedException>(() => store.Conversations.AcceptAsync(next, 1, Token).AsTask());
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Choose_AfterAnotherProcessLoadedTheConversation_IsRefused(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var fixture = new ConversationFixture();
        fixture.Model.Says("Hi.");
        await using var conversation = new Conversation("c_1", store.UserId.ToString(), fixture.Services with { Store = store.Conversations });
        Assert.True(await conversation.SetProviderAsync("second", Token));
        Assert.True(await conversation.SetProviderAsync("first", Token));
        await conversation.SubmitAsync("m1", "Hello", Token);
        await ConversationFixture.UntilTurnEndsAsync(conversation);
        await store.Conversations.LoadAsync("c_1", store.UserId.ToString(), Token);

        await Assert.ThrowsAsync<ChannelClosedException>(() => conversation.SetProviderAsync("second", Token));

        Assert.True(conversation.IsSuperseded);
        Assert.Equal("first", conversation.Provider.Name);
        Assert.Equal("first", await store.Store.ReadAsync((db, token) => db.Conversations.Select(one => one.Provider).SingleAsync(token), Token));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task End_AfterAnEndThatNobodyWasToldOf_IsOursAndStays(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, _) = await store.BeginTurnAsync();
        await store.Conversations.EndAsync(End(turn, 1), Token);

        await store.Conversations.EndAsync(End(turn, 1) with { Outcome = TurnOutcome.Failed }, Token);

        Assert.NotEqual("Failed", await store.Store.ReadAsync((db, token) => db.Turns.Select(one => one.Outcome).SingleAsync(token), Token));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Load_AnothersConversation_IsNone(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await store.BeginTurnAsync();

        Assert.Null(await store.Conversations.LoadAsync("c_1", Guid.NewGuid().ToString(), Token));
        Assert.NotNull(await store.Conversations.LoadAsync("c_1", store.UserId.ToString(), Token));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Load_StepThatWasCutOff_HoldsExactlyThePlannedCalls(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, journal) = await store.BeginTurnAsync();
        var first = new ToolCall("call_1_0_0", "create_todo", """{"title":"milk"}""", new ProviderData("gemini", "\"signature\""));
        await journal.PlanAsync([new PlannedCall(new(new(turn.User, turn.Id, 0, 0), first, ToolTraits.Unknown), [new AssistantPart.Text("I look.")], "I look.")], Token);

        var kept = await store.Conversations.LoadAsync("c_1", turn.User, Token);

        var step = Assert.Single(kept!.Turns[0].Steps);
        var planned = Assert.Single(step.Calls);
        Assert.Equal((first, null, "I look."), (planned.Call, planned.Result, kept.Turns[0].Shown));
        Assert.Equal(new AssistantPart.Text("I look."), Assert.Single(planned.Before));
        Assert.Equal(2, kept.Epoch);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Hear_AnInterruptedAnswer_IsLoadedCut(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, journal) = await store.BeginTurnAsync();
        await journal.SaveAsync(new Checkpoint(1, 0, GraphNode.Assistant, 2, TurnOutcome.Completed), new HistoryItem.AssistantMessage([new AssistantPart.Text("One two.")]), "One two.", Token);
        await store.Conversations.EndAsync(End(turn, 1) with { Shown = "One two." }, Token);

        await store.Conversations.HearAsync(turn.Id, 1, 3, Token);
        await store.Conversations.HearAsync(turn.Id, 9, 1, Token);

        var kept = await store.Conversations.LoadAsync("c_1", turn.User, Token);
        Assert.Equal(3, kept!.Turns[0].Heard);
        var said = (HistoryItem.AssistantMessage)KeptHistory.ItemsOf(kept.Turns[0]).Last();
        Assert.Equal($"One{HeardHistory.Mark}", ((AssistantPart.Text)said.Parts[0]).Value);
    }

    private static TurnEnd End(NewTurn turn, int epoch) => new(turn.Id, epoch, TurnOutcome.Completed, null, "", "first");
}
