namespace Convonet.VoiceBench.Report;

/// <summary>How much is measured.</summary>
/// <param name="WarmConnections">As the next, and not counted: the runtime compiles what is used often anew.</param>
/// <param name="Connections">One after the other, each with a few turns.</param>
/// <param name="Talkers">At the same time, who interrupt.</param>
/// <param name="Interruptions">Of each of them.</param>
/// <param name="Quiet">How long microphones are open in a quiet room.</param>
/// <param name="Talk">How long their users talk.</param>
internal sealed record Effort(int WarmConnections, int Connections, int Talkers, int Interruptions, TimeSpan Quiet, TimeSpan Talk)
{
    public static readonly Effort Full = new(30, 60, 10, 50, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30));

    public static readonly Effort Short = new(8, 12, 10, 7, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5));
}
