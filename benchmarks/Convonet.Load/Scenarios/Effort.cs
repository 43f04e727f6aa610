namespace Convonet.Load.Scenarios;

/// <summary>How much is measured.</summary>
/// <param name="Rounds">Of the limit and the server, in turn.</param>
/// <param name="One">Scenario A.</param>
/// <param name="Many">Scenario B.</param>
/// <param name="Full">Scenario C.</param>
/// <param name="Idle">Sessions of scenario D.</param>
/// <param name="ToolTurns">Turns of scenario E.</param>
/// <param name="Small">Scenario F.</param>
/// <param name="Warm">Before each provider; not counted: the runtime compiles what is used often anew.</param>
/// <param name="WarmRounds">How often at most.</param>
internal sealed record Effort(int Rounds, Shape One, Shape Many, Shape Full, int Idle, int ToolTurns, Shape Small, Shape Warm, int WarmRounds)
{
    private static readonly TimeSpan Ramp = TimeSpan.FromSeconds(1);

    public static readonly Effort Long = new(
        3, new Shape(1, 1, 500, 5), new Shape(200, 1, 100, 20) { Ramp = Ramp }, new Shape(64, 1, 2_000, 0), 1_000, 20, new Shape(1, 60, 2, 0), new Shape(64, 10, 100, 2), 15);

    public static readonly Effort Short = new(
        1, new Shape(1, 1, 200, 5), new Shape(60, 1, 40, 20) { Ramp = Ramp / 2 }, new Shape(32, 1, 2_000, 0), 200, 2, new Shape(1, 20, 2, 0), new Shape(4, 8, 100, 0), 2);
}
