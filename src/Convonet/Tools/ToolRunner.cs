using System.Diagnostics;
using System.Text.Json;
using Convonet.Streams;
using Convonet.Telemetry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Convonet.Tools;

/// <summary>Runs tool calls. Whatever a tool does, its call ends in one <see cref="ToolResult"/> within its limit.</summary>
public sealed partial class ToolRunner
{
    /// <summary>In characters: an error that a model reads is a sentence or two.</summary>
    private const int LongestError = 1000;

    private readonly Dictionary<string, AIFunction> _tools;
    private readonly ToolOptions _options;
    private readonly TimeProvider _time;
    private readonly StrayTasks _strays;
    private readonly IServiceProvider? _services;
    private readonly ILogger<ToolRunner> _logger;
    private readonly ToolSchema _schema = new();

    /// <summary>Creates a runner.</summary>
    /// <exception cref="ArgumentException">Two tools share a name.</exception>
    public ToolRunner(
        IEnumerable<AIFunction> tools, ToolOptions options, TimeProvider time, StrayTasks strays, ILogger<ToolRunner> logger, IServiceProvider? services = null)
    {
        _tools = tools.ToDictionary(tool => tool.Name, StringComparer.Ordinal);
        _options = options;
        _time = time;
        _strays = strays;
        _services = services;
        _logger = logger;
        Tools = [.. _tools.Values];
    }

    /// <summary>The tools, as models are told of them.</summary>
    public IReadOnlyList<AIFunction> Tools { get; }

    /// <summary>Whether a call's arguments are short enough to run.</summary>
    internal bool Accepts(ToolCall call) => call.Arguments.Length <= _options.MaxArgumentsLength;

    /// <summary>Runs one call; never throws.</summary>
    /// <param name="call">What the model asked for.</param>
    /// <param name="context">What the tool may know and report.</param>
    /// <param name="cancellationToken">Ends the call at once as <see cref="ToolOutcome.Cancelled"/>, whether or not the tool listens.</param>
    public async Task<ToolResult> RunAsync(ToolCall call, ToolContext context, CancellationToken cancellationToken)
    {
        using var span = ConvonetTelemetry.Source.StartActivity($"execute_tool {call.Name}");
        span?.SetTag("gen_ai.operation.name", "execute_tool").SetTag("gen_ai.tool.name", call.Name).SetTag("gen_ai.tool.call.id", call.Id);
        var started = _time.GetTimestamp();
        var (outcome, content, data) = await RunGuardedAsync(call, context, cancellationToken);
        var elapsed = _time.GetElapsedTime(started);

        // A name that is no tool would make a new time series each time.
        var tags = new TagList { { "gen_ai.operation.name", "execute_tool" }, { "gen_ai.tool.name", _tools.ContainsKey(call.Name) ? call.Name : "unknown" } };
        if (outcome != ToolOutcome.Ok)
        {
            var error = outcome.ToString().ToLowerInvariant();
            tags.Add("error.type", error);
            span?.SetTag("error.type", error);
            span?.SetStatus(ActivityStatusCode.Error);
        }

        ConvonetTelemetry.ToolDuration.Record(elapsed.TotalSeconds, tags);
        return new ToolResult(call.Id, call.Name, outcome, content, elapsed, data, outcome == ToolOutcome.Timeout ? _options.LimitOf(call.Name) : null);
    }

    private async Task<(ToolOutcome Outcome, string Content, JsonElement? Data)> RunGuardedAsync(
        ToolCall call, ToolContext context, CancellationToken cancellationToken)
    {
        if (!_tools.TryGetValue(call.Name, out var tool))
        {
            return (ToolOutcome.Error, $"There is no tool named '{Shorten(call.Name)}'. The tools are: {string.Join(", ", _tools.Keys)}.", null);
        }

        if (!Accepts(call))
        {
            return (ToolOutcome.Error, $"The arguments are too long: {call.Arguments.Length} characters, at most {_options.MaxArgumentsLength} are allowed.", null);
        }

        try
        {
            var (arguments, error) = await _schema.CheckAsync(tool, call.Arguments);
            return arguments is null
                ? (ToolOutcome.Error, error!, null)
                : await InvokeAsync(tool, call, new AIFunctionArguments(arguments)
                {
                    Services = _services,
                    Context = new Dictionary<object, object?> { [typeof(ToolContext)] = context },
                }, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return (ToolOutcome.Cancelled, $"{call.Name} was stopped before it finished.", null);
        }
        catch (ToolException refusal)
        {
            return (ToolOutcome.Error, refusal.Message.Length <= LongestError ? refusal.Message : refusal.Message[..LongestError] + "…", null);
        }
        catch (Exception error)
        {
            // The border: whatever a tool throws becomes a result. Its text stays in the log, because it may hold anything.
            LogToolFailed(call.Name, call.Id, error);
            return (ToolOutcome.Error, $"{call.Name} failed.", null);
        }
    }

    private async Task<(ToolOutcome Outcome, string Content, JsonElement? Data)> InvokeAsync(
        AIFunction tool, ToolCall call, AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        // Armed before the tool starts, so that its limit counts from the start however late this thread runs on.
        var limit = _options.LimitOf(call.Name);
        using var expiry = new CancellationTokenSource(limit, _time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, expiry.Token);
        ConvonetTelemetry.LiveTimers.Add();

        // On the pool, because a tool may block before its first await.
        var stop = new CancellationTokenSource();
        var running = Task.Run(() => tool.InvokeAsync(arguments, stop.Token).AsTask(), CancellationToken.None);
        try
        {
            return Read(await running.WaitAsync(over.Token));
        }
        catch (OperationCanceledException) when (expiry.IsCancellationRequested && !cancellationToken.IsCancellationRequested && !running.IsFaulted && !running.IsCanceled)
        {
            LogToolTimedOut(call.Name, call.Id, limit.TotalSeconds);
            return (ToolOutcome.Timeout, $"{call.Name} did not finish within {limit.TotalSeconds:0.###} s.", null);
        }
        finally
        {
            ConvonetTelemetry.LiveTimers.Remove();
            _strays.Adopt(EndAsync(running, stop), $"Tool {call.Name}");
        }
    }

    /// <summary>Tells a tool to end and stays with it, however long it takes; done at once when it has ended.</summary>
    private static async Task EndAsync(Task running, CancellationTokenSource stop)
    {
        try
        {
            if (!running.IsCompleted)
            {
                await stop.CancelAsync();
                await running;
            }
        }
        catch (OperationCanceledException)
        {
            // It listened.
        }
        finally
        {
            stop.Dispose();
        }
    }

    private (ToolOutcome Outcome, string Content, JsonElement? Data) Read(object? result)
    {
        var json = result as JsonElement?;
        var content = result switch
        {
            null => "Done.",
            string text => text,
            JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
            JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => "Done.",
            JsonElement element => element.GetRawText(),
            _ => JsonSerializer.Serialize(result, AIJsonUtilities.DefaultOptions),
        };
        if (content.Length > _options.MaxResultLength)
        {
            return (ToolOutcome.Ok, Cut(content), null);
        }

        return (ToolOutcome.Ok, content, json is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } ? json : null);
    }

    private string Cut(string content)
    {
        // Never between the halves of a surrogate pair: the text goes out as UTF-8.
        var end = char.IsHighSurrogate(content[_options.MaxResultLength - 1]) ? _options.MaxResultLength - 1 : _options.MaxResultLength;
        return $"{content.AsSpan(0, end)}\n[cut: the first {end} of {content.Length} characters]";
    }

    private static string Shorten(string name) => name.Length <= 64 ? name : name[..64];

    [LoggerMessage(LogLevel.Warning, "Tool {ToolName} failed (call {CallId}).")]
    private partial void LogToolFailed(string toolName, string callId, Exception error);

    [LoggerMessage(LogLevel.Warning, "Tool {ToolName} did not finish within its limit of {LimitSeconds} s (call {CallId}).")]
    private partial void LogToolTimedOut(string toolName, string callId, double limitSeconds);
}
