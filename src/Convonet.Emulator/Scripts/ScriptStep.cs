namespace Convonet.Emulator.Scripts;

/// <summary>One thing that the emulated model does. Create steps with the methods of <see cref="Script"/>.</summary>
public abstract record ScriptStep
{
    private ScriptStep()
    {
    }

    /// <summary>Says text.</summary>
    /// <param name="Text">The text.</param>
    /// <param name="Whole">Send it as one piece instead of word by word.</param>
    public sealed record SayStep(string Text, bool Whole = false) : ScriptStep;

    /// <summary>Says pieces of text that tell when each was sent, for measurements: see <see cref="StampedText"/>.</summary>
    /// <param name="Count">How many.</param>
    /// <param name="Gap">From the beginning of one to that of the next, whatever sending takes. Without it, as many as fit go out in one write.</param>
    public sealed record StampsStep(int Count, TimeSpan Gap) : ScriptStep;

    /// <summary>Asks for a tool. Calls that follow each other directly are sent as parallel calls, without a gap.</summary>
    /// <param name="Name">The tool, declared or not.</param>
    /// <param name="Arguments">What goes out as the arguments: JSON text, or something else to break the client.</param>
    /// <param name="Id">The call's id; null for a new one in the provider's form.</param>
    public sealed record CallStep(string Name, string Arguments, string? Id = null) : ScriptStep;

    /// <summary>Asks for a tool again and again, one call after the other, until the client goes. Not streamed, it is one call.</summary>
    /// <param name="Name">The tool, declared or not.</param>
    /// <param name="Arguments">What goes out as the arguments of each.</param>
    public sealed record FloodStep(string Name, string Arguments) : ScriptStep;

    /// <summary>Waits until the test opens the gate, <see cref="RunningEmulator.Gate"/>.</summary>
    public sealed record GateStep(string Name) : ScriptStep;

    /// <summary>Is silent for a time.</summary>
    public sealed record DelayStep(TimeSpan Duration) : ScriptStep;

    /// <summary>Ends the answer with this reason instead of the usual one; later steps are not run.</summary>
    public sealed record FinishStep(Finish Reason) : ScriptStep;

    /// <summary>Makes a fault happen here; its <c>after</c> is ignored.</summary>
    public sealed record FaultStep(string Fault) : ScriptStep;
}

/// <summary>How an answer ends.</summary>
public enum Finish
{
    /// <summary>Everything was said, or tools were asked for: each provider's normal end.</summary>
    Normal,

    /// <summary>The limit of output tokens. The last call of the script, if there is one, is cut off inside its arguments.</summary>
    MaxTokens,

    /// <summary>The provider's safety filter stopped the answer.</summary>
    Safety,

    /// <summary>The model wrote a call that the provider could not read. Only Gemini has this end; the others end normally.</summary>
    MalformedCall,
}
