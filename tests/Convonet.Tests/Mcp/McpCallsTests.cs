using Convonet.Server.Mcp;
using Convonet.Streams;
using Convonet.Tools;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;

namespace Convonet.Tests.Mcp;

public sealed class McpCallsTests
{
    private static readonly ToolCall Send = new("mcp_1", "send", """{"to":"Ben"}""");

    private readonly StrayTasks _strays = new(NullLogger<StrayTasks>.Instance);
    private readonly TaskCompletionSource<ToolResult> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Guid _turn = Guid.NewGuid();
    private readonly McpCalls _calls;
    private int _ran;

    public McpCallsTests() => _calls = new McpCalls(_strays);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_TwiceAtOnce_RunsOnceAndBothHaveTheResult()
    {
        var (first, second) = (RunAsync(Token), RunAsync(Token));

        var result = new ToolResult("mcp_1", "send", ToolOutcome.Ok, "Sent.", TimeSpan.Zero);
        _end.SetResult(result);

        Assert.Equal([result, result], await Task.WhenAll(first, second));
        Assert.Equal(1, _ran);
    }

    [Fact]
    public async Task Run_AfterTheFirstHasEnded_IsAskedOfTheLedgerAgain()
    {
        _end.SetException(new TimeoutException("The store is away."));

        await Assert.ThrowsAsync<TimeoutException>(() => RunAsync(Token));
        await Assert.ThrowsAsync<TimeoutException>(() => RunAsync(Token));

        Assert.Equal(2, _ran);
    }

    [Fact]
    public async Task Run_FirstClientIsGone_GoesOnForTheSecond()
    {
        using var gone = new CancellationTokenSource();
        var (first, second) = (RunAsync(gone.Token), RunAsync(Token));

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(1, _strays.Count);
        _end.SetResult(new ToolResult("mcp_1", "send", ToolOutcome.Ok, "Sent.", TimeSpan.Zero));
        Assert.Equal("Sent.", (await second).Content);
        Assert.Equal(1, _ran);
    }

    [Fact]
    public async Task Run_AnotherCallUnderTheSameKey_IsRefused()
    {
        var first = RunAsync(Token);

        var error = await Assert.ThrowsAsync<McpProtocolException>(() => _calls.RunAsync(_turn, Send with { Arguments = """{"to":"Eve"}""" }, CountAsync, Token));

        Assert.Equal("This idempotency key was used for another call.", error.Message);
        _end.SetResult(new ToolResult("mcp_1", "send", ToolOutcome.Ok, "Sent.", TimeSpan.Zero));
        await first;
        Assert.Equal(1, _ran);
    }

    [Fact]
    public async Task Run_MoreOfAUserThanMayRun_IsRefusedUntilOneHasEnded()
    {
        var (anna, ben) = (Guid.NewGuid(), Guid.NewGuid());
        var running = Enumerable.Range(0, McpCalls.MostOfUser).Select(_ => _calls.RunForAsync(anna, Send, CountAsync)).ToArray();

        var late = _calls.RunForAsync(anna, Send, CountAsync);
        var other = _calls.RunForAsync(ben, Send, CountAsync);
        _end.SetResult(new ToolResult("mcp_1", "send", ToolOutcome.Ok, "Sent.", TimeSpan.Zero));
        await Task.WhenAll([.. running, other]);
        var refused = await late;

        Assert.Equal((ToolOutcome.Error, "Not run: 16 calls of yours run already. Call again when one has ended."), (refused.Outcome, refused.Content));
        Assert.Equal(McpCalls.MostOfUser + 1, _ran);
        Assert.Equal("Sent.", (await _calls.RunForAsync(anna, Send, CountAsync)).Content);
    }

    private Task<ToolResult> RunAsync(CancellationToken cancellationToken) => _calls.RunAsync(_turn, Send, CountAsync, cancellationToken);

    private Task<ToolResult> CountAsync()
    {
        Interlocked.Increment(ref _ran);
        return _end.Task;
    }
}
