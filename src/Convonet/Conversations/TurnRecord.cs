using System.Text;
using System.Text.Json;
using Convonet.Tools;

namespace Convonet.Conversations;

/// <summary>One turn as the user sees it, folded from its events; for snapshots.</summary>
internal sealed class TurnRecord(int number, string clientMsgId, string user)
{
    private readonly List<(ToolCall Call, ToolResult? Result)> _tools = [];
    private readonly StringBuilder _text = new();

    public int Number { get; } = number;

    public string ClientMsgId { get; } = clientMsgId;

    public string User { get; } = user;

    public string Text => _text.ToString();

    /// <summary>Characters of it all, as a snapshot shows it.</summary>
    public int Length { get; private set; } = user.Length;

    public string? Outcome { get; set; }

    public ErrorView? Error { get; set; }

    /// <summary>The calls that have started and not ended.</summary>
    public IEnumerable<ToolCall> Open => _tools.Where(tool => tool.Result is null).Select(tool => tool.Call);

    /// <summary>What came of a call; null when it has not ended.</summary>
    public ToolResult? ResultOf(string callId) => _tools.FirstOrDefault(tool => tool.Call.Id == callId).Result;

    public void Append(string text)
    {
        _text.Append(text);
        Length += text.Length;
    }

    public void Started(ToolCall call)
    {
        _tools.Add((call, null));
        Length += call.Arguments.Length;
    }

    public void Ended(ToolResult result)
    {
        var index = _tools.FindIndex(tool => tool.Call.Id == result.CallId);
        if (index >= 0)
        {
            _tools[index] = (_tools[index].Call, result);
            Length += result.Content.Length;
        }
    }

    public TurnView View() => new(
        Number,
        ClientMsgId,
        User,
        Text,
        [.. _tools.Select(tool => new ToolView(
            tool.Call.Id,
            tool.Call.Name,
            WireJson.Arguments(tool.Call.Arguments),
            tool.Result is null ? null : WireJson.Word(tool.Result.Outcome),
            tool.Result is null ? (JsonElement?)null : WireJson.Result(tool.Result),
            (long?)tool.Result?.Elapsed.TotalMilliseconds))],
        Outcome,
        Error);
}
