using System.Text.Json.Nodes;
using Convonet.Tools;
using Microsoft.Extensions.AI;
using ModelContextProtocol;

namespace Convonet.Server.Mcp;

/// <summary>Keeps one MCP server up: connects, offers its tools while they are the ones that were agreed to, and connects again when it is gone.</summary>
#pragma warning disable CA1001 // a semaphore whose wait handle is never asked for holds nothing to dispose of
internal sealed partial class McpServerConnection(
    McpServerEntry entry, McpTransports transports, McpPins pins, ToolCatalog catalog, TimeProvider time, ILogger<McpServerConnection> logger)
#pragma warning restore CA1001
{
    /// <summary>After being up for this long, a failure is the first one again.</summary>
    public static readonly TimeSpan Steady = TimeSpan.FromMinutes(1);

    /// <summary>How often the tools are looked at without being told: it finds servers that are gone without a word, and changes that nobody told.</summary>
    public static readonly TimeSpan CheckPeriod = TimeSpan.FromSeconds(45);

    /// <summary>At most one look in this time, however often a server says that something changed.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan ListLimit = TimeSpan.FromSeconds(15);

    /// <summary>Held while it is decided what is offered.</summary>
    private readonly SemaphoreSlim _deciding = new(1, 1);

    private volatile McpLink? _offering;
    private volatile McpServerState _state = McpServerState.AtFirst;
    private (McpLink Link, McpDefinitions Definitions)? _pending;

    /// <summary>Raised when the state is another one.</summary>
    public event Action? StateChanged;

    /// <summary>The server's name.</summary>
    public string Name => entry.Name;

    /// <summary>How it is.</summary>
    public McpServerState State => _state;

    private string Guest => $"mcp:{entry.Name}";

    /// <summary>Runs until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        for (var failures = 0; !stop.IsCancellationRequested; failures++)
        {
            var (why, upFor) = await ServeAsync(stop);
            if (stop.IsCancellationRequested)
            {
                return;
            }

            failures = upFor >= Steady ? 0 : failures;
            var wait = BackOff.After(failures, Random.Shared.NextDouble());
            LogDown(entry.Name, why, wait.TotalSeconds);

            // The clock runs before anybody is told when it will have run down.
            var waiting = Task.Delay(wait, time, stop);
            Show(new McpServerState(McpStatus.Down, [], why, time.GetUtcNow() + wait));
            await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Agrees to a change.</summary>
    /// <param name="hash">Names it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether this is the change that waits for consent.</returns>
    public async Task<bool> AcceptAsync(string hash, CancellationToken cancellationToken)
    {
        await _deciding.WaitAsync(cancellationToken);
        try
        {
            if (_pending is not { } pending || pending.Definitions.Hash != hash)
            {
                return false;
            }

            await pins.PinAsync(pending.Definitions, cancellationToken);
            LogAccepted(entry.Name);
            Offer(pending.Link, pending.Definitions);
            return true;
        }
        finally
        {
            _deciding.Release();
        }
    }

    /// <summary>Calls a tool for a model.</summary>
    /// <exception cref="ToolException">It could not be called, or failed.</exception>
    public async Task<ToolAnswer> CallAsync(McpDefinition tool, IReadOnlyDictionary<string, object?> arguments, ToolContext context, CancellationToken cancellationToken)
    {
        // The tool may have been taken out since the model was told of it.
        if (_offering is not { } link || !_state.Tools.Contains(tool.Name))
        {
            throw new ToolException($"The MCP server {entry.Name} is not there now.");
        }

        try
        {
            var request = new RequestOptions { Meta = new JsonObject { ["convonet/idempotencyKey"] = context.Key.IdempotencyKey } };
            var result = await link.CallAsync(tool.Tool.Name, arguments, new Progress(context), request, cancellationToken);
            return result.IsError == true ? throw McpResultText.ErrorOf(entry.Name, McpResultText.TextOf(result.Content)) : McpResultText.AnswerOf(result);
        }
        catch (McpProtocolException refusal)
        {
            throw McpResultText.ErrorOf(entry.Name, refusal.Message);
        }
        catch (Exception error) when (error is not ToolException && !cancellationToken.IsCancellationRequested)
        {
            // The border to somebody else's server and the package that talks to it: the call may have arrived or not.
            LogCallLost(entry.Name, tool.Name, error.GetType().Name);
            link.Wake();
            var isOutside = McpTool.EffectOf(tool) == ToolEffect.Outside;
            throw new ToolException($"The connection to the MCP server {entry.Name} was lost.{(isOutside ? $" {ToolResult.PerhapsDone} Tell the user." : "")}") { MayHaveTakenEffect = isOutside };
        }
    }

    /// <summary>Connects and stays until it cannot.</summary>
    /// <returns>Why it ended, and how long the server was up.</returns>
    private async Task<(string Why, TimeSpan UpFor)> ServeAsync(CancellationToken stop)
    {
        long? up = null;
        try
        {
            await using var link = await transports.OpenAsync(entry, stop);
            try
            {
                while (true)
                {
                    await LookAsync(link, stop);
                    up ??= time.GetTimestamp();
                    await link.PauseAsync(Pause, stop);
                    await link.WaitAsync(CheckPeriod, stop);
                    if (link.Broken is { } error)
                    {
                        throw error;
                    }
                }
            }
            catch (IOException error) when (link.Broken is null)
            {
                // The pipe to a program breaks a moment before it is known how the program ended.
                await WithdrawAsync();
                await link.PauseAsync(Pause, stop);
                throw link.Broken ?? error;
            }
            finally
            {
                await WithdrawAsync();
            }
        }
        catch (Exception error)
        {
            // The border to somebody else's server: whatever is wrong with it costs its tools and nothing else.
            LogFailure(entry.Name, error.GetType().Name);
            return (McpFailure.Describe(error), up is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero);
        }
    }

    /// <summary>Looks at the tools, and offers them if they are the ones that were agreed to.</summary>
    private async Task LookAsync(McpLink link, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(ListLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        var definitions = McpDefinitions.Of(entry.Name, await link.ListToolsAsync(either.Token));
        await _deciding.WaitAsync(stop);
        try
        {
            if (await pins.FindAsync(entry.Name, stop) is not { } pinned)
            {
                // The operator who configured it trusts it; what it becomes later is another matter.
                await pins.PinAsync(definitions, stop);
                LogPinned(entry.Name, definitions.Tools.Count, definitions.Hash);
                Offer(link, definitions);
            }
            else if (pinned.ChangeTo(definitions) is { } change)
            {
                Withhold(link, definitions, change);
            }
            else
            {
                Offer(link, definitions);
            }
        }
        finally
        {
            _deciding.Release();
        }
    }

    private void Offer(McpLink link, McpDefinitions definitions)
    {
        (_pending, _offering) = (null, link);
        AIFunction[] tools = [.. definitions.Tools.Select(tool => McpTool.Of(this, tool)).OfType<AIFunction>().Take(McpLink.MostTools)];
        var names = tools.Select(tool => tool.Name).ToArray();
        var state = new McpServerState(McpStatus.Up, names);
        if (!SameAs(state))
        {
            LogUp(entry.Name, names.Length);
            foreach (var left in definitions.LeftOut.Concat(definitions.Tools.Where(tool => !names.Contains(tool.Name)).Select(tool => tool.Tool.Name)))
            {
                LogLeftOut(entry.Name, left);
            }
        }

        catalog.Replace(Guest, tools);
        Show(state);
    }

    private void Withhold(McpLink link, McpDefinitions definitions, McpChange change)
    {
        (_pending, _offering) = ((link, definitions), null);
        catalog.Replace(Guest, []);
        var state = new McpServerState(McpStatus.Changed, [], "Its tools are not the ones that were agreed to.", Change: change);
        if (!SameAs(state))
        {
            LogChanged(entry.Name, string.Join(", ", change.Added), string.Join(", ", change.Removed), string.Join(", ", change.Changed));
        }

        Show(state);
    }

    private async Task WithdrawAsync()
    {
        // Not given up when the server stops: it is only waited for a transaction of the store, which has its own limit.
        await _deciding.WaitAsync(CancellationToken.None);
        (_pending, _offering) = (null, null);
        catalog.Replace(Guest, []);
        _deciding.Release();
    }

    private void Show(McpServerState state)
    {
        var same = SameAs(state);
        _state = state;
        if (!same)
        {
            StateChanged?.Invoke();
        }
    }

    /// <summary>Whether a state says nothing new; the time of the next try is no news.</summary>
    private bool SameAs(McpServerState state) =>
        (_state.Status, _state.Why, _state.Change?.Hash) == (state.Status, state.Why, state.Change?.Hash) && _state.Tools.SequenceEqual(state.Tools);

    private sealed class Progress(ToolContext context) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => context.ReportProgress(value switch
        {
            { Message: { Length: > 0 } message } => message,
            { Total: { } total and > 0 } => $"{value.Progress / total:P0}",
            _ => $"{value.Progress:0.##}",
        });
    }

    [LoggerMessage(LogLevel.Information, "MCP server {Server} is up with {Count} tools.")]
    private partial void LogUp(string server, int count);

    [LoggerMessage(LogLevel.Warning, "MCP server {Server} is down: {Why} Next try in {Seconds:0.#} s.")]
    private partial void LogDown(string server, string why, double seconds);

    [LoggerMessage(LogLevel.Debug, "The connection to MCP server {Server} ended with {Error}.")]
    private partial void LogFailure(string server, string error);

    [LoggerMessage(LogLevel.Information, "MCP server {Server} is seen for the first time: its {Count} tools are pinned ({Hash}).")]
    private partial void LogPinned(string server, int count, string hash);

    [LoggerMessage(LogLevel.Warning, "MCP server {Server} changed its tools; they are out until the owner agrees. Added: {Added}. Removed: {Removed}. Changed: {Changed}.")]
    private partial void LogChanged(string server, string added, string removed, string changed);

    [LoggerMessage(LogLevel.Information, "The owner agreed to the tools of MCP server {Server}.")]
    private partial void LogAccepted(string server);

    [LoggerMessage(LogLevel.Warning, "Tool '{Tool}' of MCP server {Server} is left out: its name is taken, its schema cannot be used, or there are too many.")]
    private partial void LogLeftOut(string server, string tool);

    [LoggerMessage(LogLevel.Warning, "A call of {Tool} got no answer from MCP server {Server} ({Error}).")]
    private partial void LogCallLost(string server, string tool, string error);
}
