using System.Collections.Concurrent;
using Convonet.Streams;
using Convonet.Tools;
using ModelContextProtocol;

namespace Convonet.Server.Mcp;

/// <summary>The calls that run now: so many of a user. Of those with a key, the same call that comes again meanwhile waits for the first one's result.</summary>
internal sealed class McpCalls(StrayTasks strays)
{
    /// <summary>Calls of a user that run at once.</summary>
    public const int MostOfUser = 16;

    private readonly ConcurrentDictionary<Guid, Running> _running = [];
    private readonly ConcurrentDictionary<Guid, int> _ofUser = [];

    /// <summary>Runs a call, unless too many of its user run.</summary>
    /// <param name="user">Whose it is.</param>
    /// <param name="call">The call.</param>
    /// <param name="run">Runs it.</param>
    public async Task<ToolResult> RunForAsync(Guid user, ToolCall call, Func<Task<ToolResult>> run)
    {
        var running = _ofUser.AddOrUpdate(user, 1, static (_, count) => count + 1);
        try
        {
            return running <= MostOfUser ? await run()
                : new ToolResult(call.Id, call.Name, ToolOutcome.Error, $"Not run: {MostOfUser} calls of yours run already. Call again when one has ended.", TimeSpan.Zero);
        }
        finally
        {
            if (_ofUser.AddOrUpdate(user, 0, static (_, count) => count - 1) == 0)
            {
                // Not when somebody came in between.
                _ofUser.TryRemove(KeyValuePair.Create(user, 0));
            }
        }
    }

    /// <summary>Runs a call, or waits for the one that runs under its key already.</summary>
    /// <param name="turn">Names the call; derived from the user and the key.</param>
    /// <param name="call">The call.</param>
    /// <param name="run">Runs it. It goes on when its client is gone, so that there is a result when the client asks again.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="McpProtocolException">Another call runs under this key.</exception>
    public async Task<ToolResult> RunAsync(Guid turn, ToolCall call, Func<Task<ToolResult>> run, CancellationToken cancellationToken)
    {
        var own = new Running(call, new Lazy<Task<ToolResult>>(() => Task.Run(RunAndLeaveAsync, CancellationToken.None)));
        var running = _running.GetOrAdd(turn, own);
        if (!running.IsOf(call))
        {
            throw McpLedger.UsedForAnother();
        }

        var result = running.Result.Value;
        try
        {
            return await result.WaitAsync(cancellationToken);
        }
        finally
        {
            if (running == own && !result.IsCompleted)
            {
                strays.Adopt(result, "A call over MCP");
            }
        }

        async Task<ToolResult> RunAndLeaveAsync()
        {
            try
            {
                return await run();
            }
            finally
            {
                _running.TryRemove(turn, out _);
            }
        }
    }

    private sealed record Running(ToolCall Call, Lazy<Task<ToolResult>> Result)
    {
        public bool IsOf(ToolCall call) => Call.Name == call.Name && Call.ArgumentsHash() == call.ArgumentsHash();
    }
}
