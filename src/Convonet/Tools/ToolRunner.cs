using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Convonet.Streams;
using Convonet.Telemetry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Convonet.Tools;

/// <summary>Runs tool calls. Whatever a tool does, its call ends in one <see cref="ToolResult"/> within its limit.</summary>
public sealed partial class ToolRunner
{
    private const int LongestError = 1000; // in characters: an error that a model reads is a sentence or two

    private readonly ToolCatalog _tools;
    private readonly ToolOptions _options;
    private readonly TimeProvider _time;
    private readonly StrayTasks _strays;
    private readonly StrayCalls _strayCalls;
    private readonly IServiceProvider? _services;
    private readonly ILogger<ToolRunner> _logger;
    private readonly ToolSchema _schema = new();

    /// <summary>Creates a runner.</summary>
    public ToolRunner(
        ToolCatalog tools, ToolOptions options, TimeProvider time, StrayTasks strays, ILogger<ToolRunner> logger, IServiceProvider? services = null)
    {
        _tools = tools;
        _options = options;
        _time = time;
        (_strays, _strayCalls) = (strays, new StrayCalls(strays));
        _services = services;
        _logger = logger;
    }

    /// <summary>Creates a runner for tools that stay as they are.</summary>
    /// <exception cref="ArgumentException">Two tools share a name.</exception>
    public ToolRunner(
        IEnumerable<AIFunction> tools, ToolOptions options, TimeProvider time, StrayTasks strays, ILogger<ToolRunner> logger, IServiceProvider? services = null)
        : this(new ToolCatalog(tools), options, time, strays, logger, services)
    {
    }

    /// <summary>The tools, as models are told of them.</summary>
    public IReadOnlyList<AIFunction> Tools => _tools.All;

    /// <summary>Whether there is a tool with this name.</summary>
    public bool Has(string tool) => _tools.Find(tool) is not null;

    /// <summary>Whether a call's arguments are short enough to run.</summary>
    internal bool Accepts(ToolCall call) => call.Arguments.Length <= _options.MaxArgumentsLength;

    /// <summary>The traits of the tool with this name; those of an unknown tool where there is none.</summary>
    public ToolTraits TraitsOf(string tool) => _tools.Find(tool) is { } found ? ToolTraits.Of(found) : ToolTraits.Unknown;

    /// <summary>Whether the user has to allow this call first.</summary>
    /// <param name="tool">Name of the tool.</param>
    /// <param name="voice">Whether the user spoke, and so may have been misheard.</param>
    public bool MustConfirm(string tool, bool voice) => _options.MustConfirm(tool, voice);

    /// <summary>How long the user may think about a call that must be allowed first.</summary>
    public TimeSpan ConfirmLimit => _options.ConfirmLimit;

    /// <summary>Runs one call; never throws.</summary>
    /// <param name="call">What the model asked for.</param>
    /// <param name="context">What the tool may know and report, and where its result is recorded.</param>
    /// <param name="cancellationToken">Ends the call at once as <see cref="ToolOutcome.Cancelled"/>, whether or not the tool listens.</param>
    /// <param name="whenStopped">Says of a stopped call why it was stopped; what it returns is recorded.</param>
    public async Task<ToolResult> RunAsync(
        ToolCall call, ToolContext context, CancellationToken cancellationToken, Func<ToolResult, ToolResult>? whenStopped = null)
    {
        using var span = ConvonetTelemetry.Source.StartActivity($"execute_tool {call.Name}");
        span?.SetTag("gen_ai.operation.name", "execute_tool").SetTag("gen_ai.tool.name", call.Name).SetTag("gen_ai.tool.call.id", call.Id);
        var started = _time.GetTimestamp();

        // Armed before the tool starts, so that its limit counts from the start however late this thread runs on.
        var limit = _options.LimitOf(call.Name);
        using var expiry = new CancellationTokenSource(limit, _time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, expiry.Token);
        ConvonetTelemetry.LiveTimers.Add();
        var invocation = new ToolInvocation(context.Key, call, TraitsOf(call.Name));
        var (began, answered, committing) = (false, false, false);
        ToolResult result;
        try
        {
            var (tool, arguments) = await CheckAsync(call);
            began = true;
            var returned = await WorkAsync(tool, arguments, context, over.Token);
            answered = true;
            committing = returned is ToolCommit;
            WarnWithoutCommit(invocation, committing);
            result = returned is ToolCommit commit ? await CommitAsync(invocation, context, commit, started, over.Token) : ResultOf(call, returned, started);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            result = Failed(call, ToolOutcome.Cancelled, $"{call.Name} was stopped before it finished.", started);
            result = whenStopped?.Invoke(result) ?? result;
        }
        catch (OperationCanceledException) when (expiry.IsCancellationRequested)
        {
            LogToolTimedOut(call.Name, call.Id, limit.TotalSeconds);
            result = Failed(call, ToolOutcome.Timeout, $"{call.Name} did not finish within {limit.TotalSeconds:0.###} s.", started) with { Limit = limit };
        }
        catch (ToolException refusal)
        {
            committing = false; // also out of a commit: its transaction was rolled back, and nothing took effect
            answered = true;
            result = Failed(call, refusal.Outcome, refusal.Message.Length <= LongestError ? refusal.Message : refusal.Message[..LongestError] + "…", started);
        }
        catch (LedgerClosedException)
        {
            result = Left(call, started);
        }
        catch (Exception error)
        {
            // The border: whatever a tool throws becomes a result. Its text stays in the log, because it may hold anything.
            LogToolFailed(call.Name, call.Id, error);
            result = Failed(call, ToolOutcome.Error, $"{call.Name} failed.", started);
        }
        finally
        {
            ConvonetTelemetry.LiveTimers.Remove();
        }

        if (began && !answered && invocation.Traits.Effect == ToolEffect.Outside)
        {
            // The outcome says how it ended here; what it did out there nobody knows.
            result = result with { Content = $"{result.Content} {ToolResult.PerhapsDone}" };
        }

        result = await RecordAsync(invocation, context, result, committing);
        Measure(span, result);
        return result;
    }

    /// <summary>Whether a call can run at all: its tool, and the arguments as the tool takes them.</summary>
    /// <exception cref="ToolException">It may not run.</exception>
    private async Task<(AIFunction Tool, Dictionary<string, object?> Arguments)> CheckAsync(ToolCall call)
    {
        if (_tools.Find(call.Name) is not { } tool)
        {
            throw new ToolException($"There is no tool named '{Shorten(call.Name)}'. The tools are: {string.Join(", ", Tools.Select(one => one.Name))}.");
        }

        if (!Accepts(call))
        {
            throw new ToolException($"The arguments are too long: {call.Arguments.Length} characters, at most {_options.MaxArgumentsLength} are allowed.");
        }

        if (!_strayCalls.HasRoom(call.Name))
        {
            throw new ToolException($"{call.Name} is out of order: {StrayCalls.Most} calls of it were stopped and have not ended. Do without it.");
        }

        var (arguments, error) = await _schema.CheckAsync(tool, call.Arguments);
        return arguments is null ? throw new ToolException(error!) : (tool, arguments);
    }

    /// <summary>The first part of a call, in which nothing is written to the store: what the tool returned.</summary>
    /// <exception cref="ToolException">It refused.</exception>
    private async Task<object?> WorkAsync(AIFunction tool, Dictionary<string, object?> arguments, ToolContext context, CancellationToken over)
    {
        context.Services = _services;
        var supplied = new AIFunctionArguments(arguments) { Services = _services, Context = new Dictionary<object, object?> { [typeof(ToolContext)] = context } };

        // On a thread of its own, because a tool may block before its first await: enough of those would hold every thread of the pool, and with them the whole server.
        var stop = new CancellationTokenSource();
        var running = Task.Factory.StartNew(() => tool.InvokeAsync(supplied, stop.Token).AsTask(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        try
        {
            return await running.WaitAsync(over);
        }
        catch (OperationCanceledException) when (running.IsCanceled && !over.IsCancellationRequested)
        {
            throw new InvalidOperationException("The tool cancelled itself.");
        }
        finally
        {
            _strayCalls.Adopt(tool.Name, running, stop);
        }
    }

    private void Measure(Activity? span, ToolResult result)
    {
        // A name that is no tool would make a new time series each time.
        var tags = new TagList { { "gen_ai.operation.name", "execute_tool" }, { "gen_ai.tool.name", Has(result.Name) ? result.Name : "unknown" } };
        if (result.Outcome != ToolOutcome.Ok)
        {
            var error = result.Outcome.ToString().ToLowerInvariant();
            tags.Add("error.type", error);
            span?.SetTag("error.type", error);
            span?.SetStatus(ActivityStatusCode.Error);
        }

        ConvonetTelemetry.ToolDuration.Record(result.Elapsed.TotalSeconds, tags);
    }

    private ToolResult ResultOf(ToolCall call, object? returned, long started)
    {
        var json = returned as JsonElement?;
        var content = returned switch
        {
            null => "Done.",
            ToolAnswer answer => answer.Text,
            JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
            JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => "Done.",
            JsonElement element => element.GetRawText(),
            string text => text,
            _ => JsonSerializer.Serialize(returned, AIJsonUtilities.DefaultOptions),
        };
        var data = returned is ToolAnswer { Data: not null } told ? ToolFactory.DataOf(told) : json is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } ? json : null;
        var cut = content.Length > _options.MaxResultLength;
        content = ToolSource.Mark(cut ? Cut(content) : content, TraitsOf(call.Name).Source);
        return new ToolResult(call.Id, call.Name, ToolOutcome.Ok, content, _time.GetElapsedTime(started), cut || IsTooLong(data) ? null : data);
    }

    private ToolResult Failed(ToolCall call, ToolOutcome outcome, string why, long started) => new(call.Id, call.Name, outcome, why, _time.GetElapsedTime(started));

    private bool IsTooLong(JsonElement? data) => data is { } known && JsonMarshal.GetRawUtf8Value(known).Length > _options.MaxDataLength;

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
