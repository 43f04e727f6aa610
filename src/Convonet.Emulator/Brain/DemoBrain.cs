using Convonet.Emulator.Scripts;

namespace Convonet.Emulator.Brain;

/// <summary>The offline demo model.</summary>
internal static class DemoBrain
{
    internal static IReadOnlyList<ScriptStep> Answer(Prompt prompt, DateTimeOffset now) => [Script.Say("Hello! I am Convonet's offline demo model.")];
}
