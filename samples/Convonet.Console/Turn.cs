using System.Text.Json;
using Convonet.Client;
using Convonet.Conversations;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Convonet.Console;

/// <summary>A turn as it comes: what the assistant says, and a row for each call of a tool.</summary>
/// <param name="id">The message that it answers.</param>
internal sealed class Turn(string id)
{
    private readonly Dictionary<string, Call> _calls = [];
    private int? _number;
    private string _text = "";
    private string? _note;

    /// <summary>Whether it has had its last event.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether the server did not take what was said.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>Why there is nothing new just now; null while there is a connection.</summary>
    public string? Connection { get; private set; }

    /// <summary>How it stands.</summary>
    public IRenderable Picture
    {
        get
        {
            var rows = new List<IRenderable>();
            if (_calls.Count > 0)
            {
                var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "", "", "");
                foreach (var call in _calls.Values)
                {
                    table.AddRow(new Markup(call.Sign), new Text(call.Name, new Style(decoration: Decoration.Bold)), new Text(call.Args, Color.Grey), new Text(call.State));
                }

                rows.Add(table);
            }

            if (_text.Length > 0)
            {
                rows.Add(new Text(_text));
            }

            rows.AddRange(new[] { _note, Connection }.OfType<string>().Select(note => new Text(note, Color.Yellow)));

            return new Rows(rows);
        }
    }

    /// <summary>Whether it is this one.</summary>
    public bool Has(int turn) => turn == _number;

    /// <summary>Takes the next event of the conversation, or change of the connection; those of other turns are not shown.</summary>
    public void Take(object news)
    {
        Connection = news is SessionEvent ? null : Connection;
        switch (news)
        {
            case ConnectionStatus { State: ConnectionState.Waiting } now:
                Connection = $"No connection; trying again in {now.RetryIn?.TotalSeconds:0.0} s. {now.Error?.Message}";
                break;
            case SessionEvent.Accepted accepted when accepted.ClientMsgId == id:
                _number = accepted.Turn;
                break;
            case SessionEvent.Refused refused when refused.ClientMsgId == id:
                // The client sends it again where that is of use.
                _note = refused.Message;
                IsRefused = HasEnded = refused.Code is not ("busy" or "overloaded" or "storage_unavailable" or "rate_limited");
                break;
            case SessionEvent.Snapshot snapshot when snapshot.Turns.FirstOrDefault(turn => turn.ClientMsgId == id) is { } turn:
                Replace(turn);
                break;
            case SessionEvent.TextChunk chunk when chunk.Turn == _number:
                (_text, _note) = (_text + chunk.Text, null);
                break;
            case SessionEvent.ToolProgress progress when progress.Turn == _number:
                Change(progress.ToolCall.Id, progress.ToolCall.Name, call => call with { State = progress.Message ?? progress.State });
                break;
            case SessionEvent.ToolChunk started when started.Turn == _number:
                Change(started.ToolCall.Id, started.ToolCall.Name, call => call with { Args = Short(started.ToolCall.Args), State = "running" });
                break;
            case SessionEvent.ToolEnded ended when ended.Turn == _number:
                Change(ended.ToolCall.Id, ended.ToolCall.Name, call => call.Ended(ended.Outcome, ended.ElapsedMs));
                break;
            case SessionEvent.Status status when status.Turn == _number:
                _note = status.Message;
                break;
            case SessionEvent.AgentResponse response when response.Turn == _number:
                (_text, _note, HasEnded) = (response.Text, response.Error?.Message, true);
                break;
        }
    }

    private static string Short(JsonElement args) => args.ToString() is { Length: <= 60 } text ? text : args.ToString()[..59] + "…";

    private void Replace(TurnView turn)
    {
        (_number, _text, _note, HasEnded) = (turn.Turn, turn.Text, turn.Error?.Message, turn.Outcome is not null);
        _calls.Clear();
        foreach (var call in turn.Tools)
        {
            _calls[call.Id] = call.Outcome is { } outcome ? new Call(call.Name, Short(call.Args)).Ended(outcome, call.ElapsedMs ?? 0) : new Call(call.Name, Short(call.Args), "running");
        }
    }

    private void Change(string callId, string name, Func<Call, Call> change) => _calls[callId] = change(_calls.GetValueOrDefault(callId) ?? new Call(name));

    private sealed record Call(string Name, string Args = "", string State = "", string Sign = "[blue]▶[/]")
    {
        public Call Ended(string outcome, long elapsedMs) => this with { Sign = outcome == "ok" ? "[green]✔[/]" : "[red]✘[/]", State = $"{outcome}, {elapsedMs} ms" };
    }
}
