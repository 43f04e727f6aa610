using Convonet.Server.Conversations;
using Convonet.Tools;

namespace Convonet.Tests.Conversations;

/// <summary>What becomes of results that went along with another one's transaction when that fails.</summary>
public sealed class ResultsTogetherTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The store's patience was over for the first; the second has just come.</summary>
    [Fact]
    public async Task Keep_TheFirstFails_TheOtherWritesForItself()
    {
        var together = new ResultsTogether();
        var writes = new TaskCompletionSource<IReadOnlyList<ToolResult>>();
        var first = together.KeepAsync(Key(0), Result("first"), (_, _) => writes.Task, Token);
        var second = together.KeepAsync(Key(1), Result("second"), (group, _) => Task.FromResult<IReadOnlyList<ToolResult>>([group.At(0)!.Value.Result]), Token);

        writes.SetException(new TimeoutException());

        await Assert.ThrowsAsync<TimeoutException>(() => first);
        Assert.Equal("second", (await second).Content);
    }

    private static CallKey Key(int ordinal) => new("user", Guid.Empty, 0, ordinal);

    private static ToolResult Result(string content) => new("call", "tool", ToolOutcome.Ok, content, TimeSpan.Zero);
}
