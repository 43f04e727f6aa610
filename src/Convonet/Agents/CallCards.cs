using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Agents;

/// <summary>The cards of calls that a step's model has begun to write: held back until its attempt is claimed, open until the call is complete.</summary>
internal sealed class CallCards
{
    private readonly List<ModelUpdate.ToolCallStarted> _held = [];
    private readonly Dictionary<string, string> _open = new(StringComparer.Ordinal);

    /// <summary>Ends the cards of calls that the model began to write and never finished: they must not stay open.</summary>
    public IEnumerable<AgentUpdate> Unfinished =>
        _open.Select(card => new AgentUpdate.ToolFinished(new ToolResult(card.Key, card.Value, ToolOutcome.Cancelled, "The model did not finish this call.", TimeSpan.Zero)));

    /// <summary>Keeps a card for later.</summary>
    public void Hold(ModelUpdate.ToolCallStarted started) => _held.Add(started);

    public AgentUpdate.ToolAsked Show(ModelUpdate.ToolCallStarted started)
    {
        var name = ToolName.Clean(started.Name);
        _open[started.Id] = name;
        return new AgentUpdate.ToolAsked(started.Id, name);
    }

    public IEnumerable<AgentUpdate.ToolAsked> ShowHeld() => _held.Select(Show);

    public void Forget() => _held.Clear();

    public void Close(string id) => _open.Remove(id);
}
