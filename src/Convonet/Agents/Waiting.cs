using Convonet.Models;

namespace Convonet.Agents;

/// <summary>The sentences that tell a user what a silent turn is waiting for.</summary>
internal static class Waiting
{
    public static AgentUpdate.Status For(ToolBatch tools, IChatModel model)
    {
        var names = string.Join(" and ", tools.RunningNames.Distinct().Take(3).Select(name => name.Replace('_', ' ')));
        return new(StatusCode.Waiting, names.Length > 0 ? $"Still waiting for {names}…" : "Still thinking…", model.Provider);
    }
}
