using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Conversations;
using Convonet.Server.Usage;
using Convonet.Streams;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Convonet.Tests.Costs;

/// <summary>What was used, in both databases.</summary>
public sealed class UsageStoreTests
{
    private static readonly PriceTable Prices = new(new PriceOptions { Models = { ["m"] = new() { Input = 0.5m } } });

    private static readonly Used Answer = new(UsageKind.Answer, "first", "m") { Calls = 2, InputTokens = 1_000_000, OutputTokens = 7, CachedInputTokens = 3, Cost = 0.123456789m };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task End_ToldTwice_KeepsWhatWasUsedOnce(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, _) = await store.BeginTurnAsync();
        var conversations = new ConversationStore(store.Store, prices: Prices);
        var end = new TurnEnd(turn.Id, 1, TurnOutcome.Completed, null, "Hi.", "first") { Used = [Answer, new Used(UsageKind.Dropped, "first", "other") { UntoldCalls = 1 }] };

        await conversations.EndAsync(end, Token);
        await conversations.EndAsync(end, Token);

        var rows = await store.Store.ReadAsync((db, token) => db.Usage.OrderBy(row => row.Kind).ToArrayAsync(token), Token);
        Assert.Equal([("Answer", (long?)123_456_789L, (string?)"USD"), ("Dropped", (long?)null, (string?)null)], rows.Select(row => (row.Kind, row.CostNano, row.Currency)));
        Assert.All(rows, row => Assert.Equal((turn.Conversation, 1, store.UserId), (row.ConversationId, row.Turn, row.UserId)));
        var kept = (await conversations.LoadAsync(turn.Conversation, turn.User, Token))!.Turns[0];
        Assert.Equal(end.Used.OrderBy(one => one.Kind), kept.Used.OrderBy(one => one.Kind));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task End_OfAnOwnerThatWasSuperseded_KeepsNothing(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, _) = await store.BeginTurnAsync();
        await store.Conversations.LoadAsync(turn.Conversation, turn.User, Token);

        await Assert.ThrowsAsync<TurnFencedException>(() =>
            store.Conversations.EndAsync(new TurnEnd(turn.Id, 1, TurnOutcome.Completed, null, "Hi.", "first") { Used = [Answer] }, Token).AsTask());

        Assert.Equal(0, await store.Store.ReadAsync((db, token) => db.Usage.CountAsync(token), Token));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Delete_OfAConversation_LeavesWhatWasSpent(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, _) = await store.BeginTurnAsync();
        await store.Conversations.EndAsync(new TurnEnd(turn.Id, 1, TurnOutcome.Completed, null, "Hi.", "first") { Used = [Answer] }, Token);

        await store.Conversations.DeleteAsync(turn.Conversation, turn.User, Token);

        Assert.Null((await store.Store.ReadAsync((db, token) => db.Usage.SingleAsync(token), Token)).ConversationId);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Query_ByEachKey_AddsUpInTheDatabase(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, _) = await store.BeginTurnAsync();
        var conversations = new ConversationStore(store.Store, prices: Prices);
        await conversations.EndAsync(new TurnEnd(turn.Id, 1, TurnOutcome.Completed, null, "Hi.", "first") { Used = [Answer, Answer with { Kind = UsageKind.Summary, Cost = null }] }, Token);

        var (total, days, talks, providers) = await store.Store.ReadAsync(
            async (db, token) =>
            {
                var query = new UsageQuery(db, store.UserId, DateOnly.MinValue, DateOnly.MaxValue, "USD");
                return (await query.TotalAsync(token), await query.DaysAsync(0, 9, token), await query.ConversationsAsync(0, 9, token), await query.ProvidersAsync(0, 9, token));
            },
            Token);

        var both = new UsageSums(4, 2_000_000, 14, 6, 0, 0, 0.123456789m, true);
        Assert.Equal(both, total);
        Assert.Equal(both, Assert.Single(days).Sums);
        Assert.Equal((both, "c_1", "Hello"), (Assert.Single(talks).Sums, talks[0].Conversation, talks[0].Title));
        Assert.Equal([("answer", (decimal?)0.123456789m, false), ("summary", (decimal?)null, true)], providers.Select(one => (one.Kind!, one.Sums.Cost, one.Sums.Incomplete)));
    }

    [Fact]
    public async Task Log_WhatWasSpoken_IsKeptOnTheUsersDayOnce()
    {
        await using var store = await StoreFixture.CreateAsync();
        var user = await store.AddUserAsync("Kiri", "Pacific/Auckland");
        using var log = new UsageLog(store.Store, Prices, store.Time, new StrayTasks(NullLogger<StrayTasks>.Instance), NullLogger<UsageLog>.Instance);
        var owner = new UsageOwner(user.Id.ToString(), "c_1", 3);

        log.Note(owner, tally => tally.AddSpeaking("flite", 10));
        log.Note(owner, tally => tally.AddSpeaking("flite", 5));
        log.Note(owner with { Turn = null }, tally => tally.AddListening("deepgram", TimeSpan.FromSeconds(2)));
        await log.FlushAsync(Token);
        await log.FlushAsync(Token);

        var rows = await store.Store.ReadAsync((db, token) => db.Usage.OrderBy(row => row.Kind).ToArrayAsync(token), Token);
        Assert.Equal([("Listening", 2_000L, 0L, (long?)null, (int?)null), ("Speaking", 0L, 15L, (long?)0L, (int?)3)], rows.Select(row => (row.Kind, row.AudioMs, row.Characters, row.CostNano, row.Turn)));
        Assert.All(rows, row => Assert.Equal(new DateOnly(2026, 11, 25), row.Day));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Log_OfAConversationThatWasDeletedMeanwhile_IsKeptWithoutIt(string kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (turn, _) = await store.BeginTurnAsync("c_1");
        await store.BeginTurnAsync("c_2");
        using var log = new UsageLog(store.Store, Prices, TimeProvider.System, new StrayTasks(NullLogger<StrayTasks>.Instance), NullLogger<UsageLog>.Instance);
        log.Note(new UsageOwner(turn.User, "c_1", 1), tally => tally.AddSpeaking("flite", 10));
        log.Note(new UsageOwner(turn.User, "c_2", 1), tally => tally.AddSpeaking("flite", 20));

        await store.Conversations.DeleteAsync("c_1", turn.User, Token);
        await log.FlushAsync(Token);

        var rows = await store.Store.ReadAsync((db, token) => db.Usage.OrderBy(row => row.Characters).ToArrayAsync(token), Token);
        Assert.Equal([(10L, (string?)null), (20L, "c_2")], rows.Select(row => (row.Characters, row.ConversationId)));
    }

    [Theory]
    [InlineData(null, "0.2", false)]
    [InlineData(null, "0.1", true)]
    [InlineData(1_000_008L, null, false)]
    [InlineData(1_000_007L, null, true)]
    public async Task Budget_OfTheUsersDay_CountsTokensOrMoney(long? tokens, string? money, bool isSpent)
    {
        await using var store = await StoreFixture.CreateAsync();
        var user = await store.AddUserAsync("Anna", "Europe/Zurich");
        var budget = new UserBudget(store.Store, Prices, Options.Create(new BudgetOptions
        {
            PerUserPerDay = { Tokens = tokens, Money = money is null ? null : decimal.Parse(money, System.Globalization.CultureInfo.InvariantCulture) },
        }));
        using var log = new UsageLog(store.Store, Prices, store.Time, new StrayTasks(NullLogger<StrayTasks>.Instance), NullLogger<UsageLog>.Instance);
        log.Note(new UsageOwner(user.Id.ToString(), "c_1", 1), tally => tally.Take(Answer));
        await log.FlushAsync(Token);

        Assert.Equal(isSpent, await budget.IsSpentAsync(user.Id.ToString(), [], Token));
        Assert.True(await budget.IsSpentAsync(user.Id.ToString(), [Answer with { Calls = 1 }], Token));
        Assert.Equal(isSpent, (await budget.ViewAsync(user.Id, Token))!.Spent);
        store.Time.Advance(TimeSpan.FromDays(1));
        Assert.False(await budget.IsSpentAsync(user.Id.ToString(), [], Token));
    }
}
