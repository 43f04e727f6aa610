using System.Text.Json;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Store;
using Convonet.Server.Usage;
using Convonet.Tests.Conversations;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Costs;

/// <summary>A model call that is cut off: its provider has not told all that it charges, and a budget holds all the same.</summary>
public sealed class CutCallTests
{
    private static readonly string[] Prices = ["--Convonet:Prices:Models:first-1:Input", "1", "--Convonet:Prices:Models:first-1:Output", "2"];

    private static readonly string Long = string.Concat(Enumerable.Repeat("word. ", 1_000));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, 1_000)]
    [InlineData(false, 0)]
    public async Task Stop_InMidAnswer_CountsWhatTheProviderDidNotTell(bool tells, int told)
    {
        var (fixture, store, said) = (new ConversationFixture(), new UsageStore(), new TaskCompletionSource());
        var step = fixture.Model.Step();
        _ = tells ? step.Usage(1_000, 1) : step;
        step.Text(Long).Signal(said).Hang();
        await using var conversation = new Conversation("c_0123456789", "user", fixture.Services with
        {
            Prices = new PriceTable(new PriceOptions { Models = { ["first-1"] = new() { Input = 1, Output = 2 } } }),
            Store = store,
        });

        await conversation.SubmitAsync("a", new string('x', 4_000), Token);
        await ConversationFixture.WithinAsync(said.Task);
        await conversation.CancelAsync(cancellationToken: Token);
        var end = (SessionEvent.AgentResponse)(await ConversationFixture.UntilTurnEndsAsync(conversation))[^1].Event;

        Assert.Equal((told, null), (end.Usage!.InputTokens, end.Usage.Cost));
        Assert.Equal(1, store.Used[0].UntoldCalls);
        Assert.InRange(store.Used.Sum(one => one.InputTokens), 1_000, 1_500);
        Assert.Equal(Long.Length / 4, store.Used.Sum(one => one.OutputTokens));
        Assert.InRange(store.Used.Sum(one => one.Cost ?? 0), 0.004m, 0.0045m);
    }

    [Theory]
    [InlineData("Money", "0.003")]
    [InlineData("Tokens", "1500")]
    public async Task Budget_OfAUserWhoStopsEachAnswer_IsUsedUpAllTheSame(string limit, string value)
    {
        await using var server = await TestServer.StartAsync([.. Prices, $"--Convonet:Budget:PerUserPerDay:{limit}", value]);
        using var client = await VoiceClient.ConnectAsync(server);
        server.Model.Step().Usage(5, 1).Text(Long).Hang();

        await client.AskAsync("Hello");
        await client.UntilAsync("agent_stream_chunk");
        await client.SendAsync("cancel");
        await client.UntilAsync(one => one.EndsTurn(1));
        await client.AskAsync("Again");
        var end = (await client.UntilAsync(one => one.EndsTurn(2)))[^1];

        Assert.Equal("budget_spent", end.Data.GetProperty("error").GetProperty("code").GetString());
        using var http = TestUser.Client(server);
        var page = JsonElement.Parse(await http.GetStringAsync("/api/usage?by=provider", Token));
        var total = page.GetProperty("total");
        Assert.Equal((5, 1, 0.000007m, true), (total.GetProperty("input_tokens").GetInt32(), total.GetProperty("output_tokens").GetInt32(), total.GetProperty("cost").GetDecimal(), total.GetProperty("incomplete").GetBoolean()));
        Assert.Equal(1, page.GetProperty("entries").GetArrayLength());
        Assert.True(page.GetProperty("budget").GetProperty("spent").GetBoolean());
    }

    [Theory]
    [InlineData("Money", "0.003")]
    [InlineData("Tokens", "1500")]
    public async Task Budget_OfAUserWhoDeletesEachConversationInMidAnswer_IsUsedUpAllTheSame(string limit, string value)
    {
        await using var server = await TestServer.StartAsync([.. Prices, $"--Convonet:Budget:PerUserPerDay:{limit}", value]);
        using var client = await VoiceClient.ConnectAsync(server);
        server.Model.Step().Usage(5, 1).Text(Long).Hang();
        await client.AskAsync("Hello");
        await client.UntilAsync("agent_stream_chunk");
        using var http = TestUser.Client(server);

        using var deleted = await http.DeleteAsync($"/api/conversations/{client.Conversation}", Token);
        await server.Services.GetRequiredService<UsageLog>().FlushAsync(Token);
        using var next = await VoiceClient.ConnectAsync(server);
        await next.AskAsync("Again");
        var end = (await next.UntilAsync(one => one.EndsTurn(1)))[^1];

        Assert.True(deleted.IsSuccessStatusCode);
        Assert.Equal("budget_spent", end.Data.GetProperty("error").GetProperty("code").GetString());
        using var db = server.Services.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContext();
        var rows = await db.Usage.ToArrayAsync(Token);
        var told = rows.Where(row => row.Kind != nameof(UsageKind.Guessed)).ToArray();
        Assert.Equal((5L, 1L), (told.Sum(row => row.InputTokens), told.Sum(row => row.OutputTokens)));
        Assert.All(rows, row => Assert.Null(row.ConversationId));
    }
}
