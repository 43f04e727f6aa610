using Convonet.Server.Mcp;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Tests.Mcp;

/// <summary>What is written down of calls with a key, on both databases.</summary>
public sealed class McpLedgerTests
{
    private static readonly ToolCall Send = new("mcp_1", "send", "{}");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Plan_ManyAtOnce_EachHasItsOwnNumber(string kind)
    {
        await using var store = await StoreFixture.CreateAsync(kind);
        var anna = await store.AddUserAsync("Anna Muster");

        var known = await Task.WhenAll(Enumerable.Range(1, 40).Select(n => Task.Run(
            () => new McpLedger(store.Store, anna.Id, Guid.NewGuid(), $"k{n}").PlanAsync(Invocation(ToolEffect.Outside), Token), Token)));

        Assert.All(known, Assert.Null);
        var numbers = await store.Store.ReadAsync((db, token) => db.Turns.Select(turn => turn.Number).OrderBy(number => number).ToArrayAsync(token), Token);
        Assert.Equal(Enumerable.Range(1, 40), numbers);
    }

    /// <summary>As after a crash: the call was written down, and nobody knows more.</summary>
    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Plan_CallThatWasLeftBehind_IsRunAgainOnlyWhereThatDoesNoHarm(string kind)
    {
        await using var store = await StoreFixture.CreateAsync(kind);
        var anna = await store.AddUserAsync("Anna Muster");
        foreach (var effect in Enum.GetValues<ToolEffect>())
        {
            var turn = Guid.NewGuid();
            Assert.Null(await Ledger().PlanAsync(Invocation(effect), Token));

            var again = await Ledger().PlanAsync(Invocation(effect), Token);

            Assert.Equal((effect, effect == ToolEffect.Outside ? ToolOutcome.Unknown : null), (effect, again?.Outcome));
            Assert.Equal(again?.Content, (await Ledger().FindAsync(Send, Token))?.Content);
            McpLedger Ledger() => new(store.Store, anna.Id, turn, $"k-{effect}");
        }
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Record_TwoAtOnce_BothHaveTheFirstOne(string kind)
    {
        await using var store = await StoreFixture.CreateAsync(kind);
        var anna = await store.AddUserAsync("Anna Muster");
        var ledger = new McpLedger(store.Store, anna.Id, Guid.NewGuid(), "k1");
        await ledger.PlanAsync(Invocation(ToolEffect.None), Token);

        var results = await Task.WhenAll(Enumerable.Range(1, 8).Select(n => Task.Run(
            async () => await ledger.RecordAsync(Invocation(ToolEffect.None), new ToolResult(Send.Id, Send.Name, ToolOutcome.Ok, $"Result {n}.", TimeSpan.Zero), Token), Token)));

        Assert.Single(results.Select(result => result.Content).Distinct());
    }

    private static ToolInvocation Invocation(ToolEffect effect) => new(default, Send, new ToolTraits { Effect = effect });
}
