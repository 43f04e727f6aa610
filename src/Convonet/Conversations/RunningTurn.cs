using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Convonet.Agents;
using Convonet.Models;
using Convonet.Telemetry;
using Microsoft.Extensions.Logging;

namespace Convonet.Conversations;

/// <summary>The turn that a conversation runs now. Whatever happens to it, it ends with its one terminal event and a valid history.</summary>
internal sealed partial class RunningTurn : IDisposable
{
    private readonly Conversation _conversation;
    private readonly ConversationServices _services;
    private readonly TurnRecord _record;
    private readonly ProviderEntry _provider;
    private readonly CancellationTokenSource _stop = new();
    private readonly ILogger _logger;

    public RunningTurn(Conversation conversation, ConversationServices services, TurnRecord record, ProviderEntry provider)
    {
        _conversation = conversation;
        _services = services;
        _record = record;
        _provider = provider;
        _logger = services.LoggerFactory.CreateLogger<RunningTurn>();
        Task = System.Threading.Tasks.Task.Run(RunAsync);
    }

    public int Number => _record.Number;

    /// <summary>Ends when the terminal event is written; never fails.</summary>
    public Task Task { get; }

    /// <summary>The user's stop; the graph only raises a flag in answer, so this is quick.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>To be called when <see cref="Task"/> has ended.</summary>
    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        ConvonetTelemetry.LiveTurns.Add();
        using var span = ConvonetTelemetry.Source.StartActivity("invoke_agent Convonet");
        span?.SetTag("gen_ai.operation.name", "invoke_agent").SetTag("gen_ai.agent.name", "Convonet").SetTag("gen_ai.conversation.id", PublicId());
        var events = new TurnEvents(_conversation.Events, _record, _services.Models, _services.Time);
        try
        {
            await RunAsync(events, span);
        }
        finally
        {
            span?.SetTag("convonet.turn.outcome", _record.Outcome);
            span?.SetStatus(_record.Error is null ? ActivityStatusCode.Unset : ActivityStatusCode.Error);
            ConvonetTelemetry.LiveTurns.Remove();
            await _conversation.TurnEndedAsync();
        }
    }

    private async Task RunAsync(TurnEvents events, Activity? span)
    {
        try
        {
            _conversation.History.ForgetOld(_services.Options);
            _conversation.History.Add(new HistoryItem.UserMessage(_record.User));
            var turn = new AgentTurn(
                _conversation.Id, _record.Number, SystemPrompt(), _conversation.History, _services.Models.ModelsFor(_provider), _conversation.Journal)
            {
                Id = TurnId.Of("", _conversation.Id, _record.ClientMsgId),
                Span = span,
            };
            await foreach (var update in _services.Graph.RunAsync(turn, _stop.Token))
            {
                lock (_conversation.Gate)
                {
                    events.Write(update);
                }
            }
        }
        catch (Exception error)
        {
            // The border: a bug ends this turn, not the conversation.
            LogTurnFailed(_record.Number, error);
        }

        if (!events.HasEnded)
        {
            lock (_conversation.Gate)
            {
                events.Break(_provider.Model);
            }

            CompleteHistory();
        }

        if (_record.Error?.Code is "blocked" or "invalid_request" && _conversation.History is [.., HistoryItem.UserMessage])
        {
            // Left there, a message that a provider refuses would be refused again with every later one.
            _conversation.History.RemoveAt(_conversation.History.Count - 1);
        }
    }

    /// <summary>Tells conversations apart in traces. The id itself lets its holder follow the conversation, so it is not written down.</summary>
    private string PublicId() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_conversation.Id)))[..16];

    private string SystemPrompt()
    {
        var now = _services.Time.GetLocalNow();
        return string.Create(CultureInfo.InvariantCulture, $"{_services.Options.SystemPrompt.TrimEnd()}\nNow: {now:yyyy-MM-ddTHH:mmzzz} ({now:dddd})");
    }

    /// <summary>Every call that a provider will see must have its result.</summary>
    private void CompleteHistory()
    {
        if (_conversation.History is [.., HistoryItem.AssistantMessage message])
        {
            var results = message.Parts.OfType<AssistantPart.ToolUse>().Select(part => _record.ResultOf(part.Call.Id)).OfType<Tools.ToolResult>().ToArray();
            if (results.Length > 0)
            {
                _conversation.History.Add(new HistoryItem.ToolResults(results));
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Turn {Turn} broke.")]
    private partial void LogTurnFailed(int turn, Exception error);
}
