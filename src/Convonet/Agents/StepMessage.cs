using System.Text;
using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Agents;

/// <summary>Collects what a step says, in order, for the history.</summary>
/// <param name="begun">What it had said before it was cut off.</param>
internal sealed class StepMessage(string begun = "")
{
    private readonly List<AssistantPart> _parts = [];
    private readonly StringBuilder _text = new(begun);

    public void Add(ModelUpdate.TextDelta delta)
    {
        if (delta.ProviderData is null)
        {
            _text.Append(delta.Text);
            return;
        }

        // The provider wants its data back with exactly the text that it came with.
        Flush();
        _parts.Add(new AssistantPart.Text(delta.Text, delta.ProviderData));
    }

    public void Add(ToolCall call)
    {
        Flush();
        _parts.Add(new AssistantPart.ToolUse(call));
    }

    /// <summary>What was said since the last call.</summary>
    public IReadOnlyList<AssistantPart> SinceLastCall()
    {
        Flush();
        return [.. _parts.Skip(_parts.FindLastIndex(part => part is AssistantPart.ToolUse) + 1)];
    }

    public void Clear()
    {
        _parts.Clear();
        _text.Clear().Append(begun);
    }

    /// <summary>What was said; null when nothing was.</summary>
    public HistoryItem.AssistantMessage? ToMessage()
    {
        Flush();
        return _parts.Count == 0 ? null : new HistoryItem.AssistantMessage([.. _parts]);
    }

    private void Flush()
    {
        if (_text.Length > 0)
        {
            _parts.Add(new AssistantPart.Text(_text.ToString()));
            _text.Clear();
        }
    }
}
