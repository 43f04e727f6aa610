using System.Text.Json;
using Convonet.Emulator.Recording;
using Convonet.Emulator.Wire;

namespace Convonet.Emulator.Scripts;

/// <summary>
/// What the emulated model does in one answer, step by step. With <c>using static Convonet.Emulator.Scripts.Script;</c> it reads
/// <c>Script.Of(Say("Hello "), Call("slow", new { ms = 300 }), Gate("g1"), Say("there."))</c>.
/// </summary>
/// <param name="Steps">The steps, in order.</param>
public sealed record Script(IReadOnlyList<ScriptStep> Steps)
{
    /// <summary>The APIs that may use it.</summary>
    /// <value>All.</value>
    public EmulatedApi Apis { get; init; } = EmulatedApi.All;

    /// <summary>How many answers it gives before it is used up.</summary>
    /// <value>1.</value>
    public int Times { get; init; } = 1;

    /// <summary>Which requests it is for; null for any.</summary>
    public Func<RecordedRequest, bool>? When { get; init; }

    /// <summary>Faults for its answers, in the form of the <c>x-emulator-fault</c> header; null for none.</summary>
    public string? Faults { get; init; }

    /// <summary>A script of these steps.</summary>
    public static Script Of(params ScriptStep[] steps) => new(steps);

    /// <summary>Says text, word by word.</summary>
    public static ScriptStep Say(string text) => new ScriptStep.SayStep(text);

    /// <summary>Says text as one piece.</summary>
    public static ScriptStep Piece(string text) => new ScriptStep.SayStep(text, Whole: true);

    /// <summary>Says pieces of text that tell when each was sent, see <see cref="StampedText"/>.</summary>
    /// <param name="count">How many.</param>
    /// <param name="gap">From the beginning of one to that of the next; none: as fast as the client reads.</param>
    public static ScriptStep Stamps(int count, TimeSpan gap = default) => new ScriptStep.StampsStep(count, gap);

    /// <summary>Asks for a tool.</summary>
    /// <param name="name">The tool.</param>
    /// <param name="arguments">An object that becomes the arguments' JSON; null for no arguments.</param>
    /// <param name="id">The call's id; null for a new one in the provider's form.</param>
    public static ScriptStep Call(string name, object? arguments = null, string? id = null) =>
        new ScriptStep.CallStep(name, arguments is null ? "{}" : JsonSerializer.Serialize(arguments, WireJson.Relaxed), id);

    /// <summary>Asks for a tool with arguments that go out as they are, JSON or not.</summary>
    public static ScriptStep RawCall(string name, string arguments, string? id = null) => new ScriptStep.CallStep(name, arguments, id);

    /// <summary>Waits until the gate is opened.</summary>
    public static ScriptStep Gate(string name) => new ScriptStep.GateStep(name);

    /// <summary>Is silent for a time.</summary>
    public static ScriptStep Delay(TimeSpan duration) => new ScriptStep.DelayStep(duration);

    /// <summary>Ends the answer with this reason.</summary>
    public static ScriptStep End(Finish reason) => new ScriptStep.FinishStep(reason);

    /// <summary>Makes a fault happen at this point, for example <c>cut;kind=rst</c>.</summary>
    public static ScriptStep Fault(string fault) => new ScriptStep.FaultStep(fault);

    /// <summary>The same script for some APIs only.</summary>
    public Script For(EmulatedApi apis) => this with { Apis = apis };

    /// <summary>The same script with faults.</summary>
    public Script With(string faults) => this with { Faults = faults };
}
